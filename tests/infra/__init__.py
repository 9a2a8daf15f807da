import infra  # noqa: F401 - tells jsii where our node is, before anything of the CDK is imported
