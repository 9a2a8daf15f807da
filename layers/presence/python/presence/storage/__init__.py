"""The one table. The only package that imports PynamoDB or botocore's DynamoDB client."""
