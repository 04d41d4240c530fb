"""The bucket for files: those to be imported, on their way into the tables, and the sound of recordings."""

from __future__ import annotations

from typing import Any

BUCKET = "FilesBucket"
# What is deleted when it has served; what was forgotten, or broke off, goes after so many days.
_KEPT_DAYS = {
    "imports/": 7,
    "recordings/": 3650,  # the longest that the settings let recordings be kept
}


def file_resources() -> dict[str, Any]:
    """Describe the bucket: encrypted, closed to the public, reached over TLS only, emptied by age."""
    properties = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "LifecycleConfiguration": {"Rules": [_expiry(*each) for each in _KEPT_DAYS.items()]},
    }
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {
        BUCKET: {"Type": "AWS::S3::Bucket", **kept, "Properties": properties},
        f"{BUCKET}Policy": {"Type": "AWS::S3::BucketPolicy", "Condition": "IsAws", "Properties": _tls_only()},
    }


def _expiry(prefix: str, days: int) -> dict[str, Any]:
    return {
        "Id": prefix.rstrip("/"),
        "Status": "Enabled",
        "Prefix": prefix,
        "ExpirationInDays": days,
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }


def _tls_only() -> dict[str, Any]:
    # On AWS alone: the local cloud speaks plain HTTP on the loopback.
    arn = {"Fn::GetAtt": [BUCKET, "Arn"]}
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, {"Fn::Sub": f"${{{BUCKET}.Arn}}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Bucket": {"Ref": BUCKET}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
