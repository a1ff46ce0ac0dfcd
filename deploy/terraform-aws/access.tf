# One role, which only the chart's service account can take: objects of the lake's bucket, below platform/ and dagster/.
locals {
  issuer = replace(var.oidc_provider, "/^[^/]*\\//", "")
}

data "aws_iam_policy_document" "taken_by" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.oidc_provider]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = ["system:serviceaccount:${var.namespace}:${var.release}"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "lake" {
  statement {
    actions   = ["s3:ListBucket", "s3:GetBucketLocation"]
    resources = [aws_s3_bucket.lake.arn]
  }

  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    resources = ["${aws_s3_bucket.lake.arn}/platform/*", "${aws_s3_bucket.lake.arn}/dagster/*"]
  }
}

resource "aws_iam_role" "platform" {
  name               = var.release
  assume_role_policy = data.aws_iam_policy_document.taken_by.json
}

resource "aws_iam_role_policy" "lake" {
  name   = "lake"
  role   = aws_iam_role.platform.id
  policy = data.aws_iam_policy_document.lake.json
}

# PostgreSQL and the shared files answer the cluster's nodes, and nobody else.
resource "aws_security_group" "inside" {
  name        = "${var.release}-inside"
  description = "PostgreSQL and shared files, from the cluster's nodes"
  vpc_id      = var.vpc
}

resource "aws_vpc_security_group_ingress_rule" "from_nodes" {
  for_each                     = { postgresql = 5432, files = 2049 }
  security_group_id            = aws_security_group.inside.id
  referenced_security_group_id = var.nodes
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
  description                  = each.key
}
