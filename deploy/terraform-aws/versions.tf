# What the Helm chart of deploy/helm needs on Amazon: bucket, shared files, PostgreSQL, image registry, one role, a budget.
# The cluster itself (EKS with its OpenID Connect provider and the EFS driver) and its network are yours.
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }
}

provider "aws" {
  region = var.region
}
