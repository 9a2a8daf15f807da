"""The least that any function on DynamoDB imports and makes."""

import os
from typing import Any

import botocore.session

client: Any = botocore.session.get_session().create_client("dynamodb", region_name=os.environ["AWS_REGION"])
