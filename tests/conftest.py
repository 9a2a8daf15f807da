"""What every test needs before the package is imported: the environment of a function, with no way to AWS."""

import os

ENVIRONMENT = {
    "ARCHIVE_BUCKET": "archives",
    "ARCHIVE_SECRET": "another secret of the tests",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "BOOKMARK_SECRET": "a secret of the tests",
    "DISCOVERY_TABLE_NAME": "discovery",
    "MEDIA_BUCKET": "media",
    "MEDIA_URL": "https://media.example",
    "POWERTOOLS_METRICS_NAMESPACE": "Presence",
    "POWERTOOLS_SERVICE_NAME": "tests",
    "TABLE_NAME": "presence",
}
os.environ.update(ENVIRONMENT)
