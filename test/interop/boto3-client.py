"""boto3, unchanged: prints who STS says this is."""
import boto3

print(boto3.client("sts").get_caller_identity()["Arn"])
