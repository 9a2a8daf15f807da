"""What our functions are measured against: the same routes, the same requests to DynamoDB, the same answers.

They are written to be fast as well as plain. They leave out what the routes measured do not show (ETags, gzip,
retries of conflicts, the rest of the API), which is to their advantage.
"""
