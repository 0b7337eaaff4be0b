"""The refusals of OSS.

Statuses and codes follow its public error pages; EC is its finer error number.

Tokens: alibabacloud.com/help/en/oss/how-to-troubleshoot-403-status-code-when-you-access-oss, and
for one that is over help.aliyun.com/document_detail/42775.html.
"""

from flink_cloud_emulator.http import CloudError


def access_denied(
    message: str = "You have no right to access this object because of bucket acl.",
) -> CloudError:
    """403: no permission."""
    return CloudError(403, "AccessDenied", message)


def invalid_argument(message: str) -> CloudError:
    """400: a header or parameter that OSS cannot read."""
    return CloudError(400, "InvalidArgument", message)


def invalid_object_name(key: str) -> CloudError:
    """400: a key of more than 1023 bytes or with a slash in front."""
    return CloudError(
        400, "InvalidObjectName", "The specified object is not valid.", {"ObjectName": key}
    )


def invalid_key(message: str) -> CloudError:
    """403: an access key that does not exist or is disabled."""
    return CloudError(403, "InvalidAccessKeyId", message)


def invalid_token() -> CloudError:
    """403: a token that OSS never saw."""
    return CloudError(403, "InvalidSecurityToken", "The security token you provided is invalid.")


def token_of_another_key() -> CloudError:
    """403: the token of another temporary key."""
    message = "The OSS access key id and security token you provided does not match."
    return CloudError(403, "AccessKeyIdAndSecurityTokenNotMatch", message)


def first_signature() -> CloudError:
    """403: signature version 1, which OSS does not take any more.

    Source: help.aliyun.com/en/oss, 0002-00000080.
    """
    message = "OSS does not accept signature version 1: sign with version 4 (OSS4-HMAC-SHA256)."
    return CloudError(403, "AccessDenied", message, {"EC": "0002-00000080"})


def invalid_digest(name: str) -> CloudError:
    """400: the body is not the one that the Content-MD5 is of, or the header is none."""
    return CloudError(
        400, "InvalidDigest", "The Content-MD5 you specified was invalid.", {"Content-MD5": name}
    )


def signature_does_not_match() -> CloudError:
    """403: signed with another secret, or changed on the way."""
    message = "The request signature we calculated does not match the signature you provided."
    return CloudError(403, "SignatureDoesNotMatch", message)


def time_too_skewed(server_time: str) -> CloudError:
    """403: signed too long ago or too far in the future."""
    message = "The difference between the request time and the current time is too large."
    return CloudError(403, "RequestTimeTooSkewed", message, {"ServerTime": server_time})


def not_opened() -> CloudError:
    """403: the account never opened OSS, or it was closed for debts."""
    return CloudError(403, "UserDisable", "UserDisable")


def no_such_bucket(name: str) -> CloudError:
    """404: there is no bucket of this name."""
    return CloudError(
        404, "NoSuchBucket", "The specified bucket does not exist.", {"BucketName": name}
    )


def other_region(bucket_name: str, region: str) -> CloudError:
    """403: the bucket lives in another region, whose endpoint is named."""
    message = (
        "The bucket you are attempting to access must be addressed using the specified endpoint. "
        "Please send all future requests to this endpoint."
    )
    details = {"Bucket": bucket_name, "Endpoint": f"oss-{region}.aliyuncs.com"}
    return CloudError(403, "AccessDenied", message, details)


def no_such_key(key: str) -> CloudError:
    """404: there is no object of this name."""
    return CloudError(404, "NoSuchKey", "The specified key does not exist.", {"Key": key})


def no_worm_configuration() -> CloudError:
    """404: the bucket has no retention policy."""
    return CloudError(404, "NoSuchWORMConfiguration", "The WORM Configuration does not exist.")


def file_exists() -> CloudError:
    """409: the key exists and x-oss-forbid-overwrite was set."""
    message = "The object you specified already exists and can not be overwritten."
    return CloudError(409, "FileAlreadyExists", message, {"EC": "0026-00000002"})


def file_immutable() -> CloudError:
    """409: the bucket's retention policy protects the object."""
    return CloudError(409, "FileImmutable", "The object you specified is immutable.")


def not_implemented() -> CloudError:
    """501: a call that OSS may know and this emulator does not."""
    return CloudError(501, "NotImplemented", "The emulator does not know this OSS call.")
