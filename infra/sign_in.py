from aws_cdk import CfnOutput, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_apigatewayv2_authorizers import HttpUserPoolAuthorizer
from constructs import Construct

from infra.acknowledgments import acknowledge


class SignIn(Construct):
    """A user pool of our own. ``trigger`` puts the scopes and the user's identity into each access token."""

    def __init__(self, scope: Construct, name: str, *, trigger: lambda_.IFunction) -> None:
        super().__init__(scope, name)
        pool = cognito.UserPool(
            self,
            "Users",
            # Customising access tokens (the trigger's version 2) comes with this plan.
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            password_policy=cognito.PasswordPolicy(
                min_length=8,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        pool.add_trigger(cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, trigger, cognito.LambdaVersion.V2_0)
        client = pool.add_client(
            "Client",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            generate_secret=False,
            prevent_user_existence_errors=True,
        )
        acknowledge(
            pool,
            {
                "AwsSolutions-COG2": "A second factor is the deployer's choice.",
                "AwsSolutions-COG8": "Threat protection needs the Plus plan: the deployer's choice.",
            },
        )
        self.authorizer = HttpUserPoolAuthorizer("Tokens", pool, user_pool_clients=[client])
        CfnOutput(scope, "UserPoolId", value=pool.user_pool_id)
        CfnOutput(scope, "ClientId", value=client.user_pool_client_id)
