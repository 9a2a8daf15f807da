import re
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest

from infra.assets import ROOT
from infra.data_stack import ARCHIVES_ARN, MEDIA_ARN
from presence.storage import codec
from tests.infra.conftest import Stacks, Synth
from tests.support.event_source import INDEXER, UPKEEP, EventSourceMapping

FAMILIES = ("boards", "pins", "account", "people", "collaboration", "discovery")
FUNCTIONS = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}


def _functions(stacks: Stacks) -> dict[str, Mapping[str, Any]]:
    return {it["Handler"].split(".")[0]: it for it in stacks.all_of("AWS::Lambda::Function")}


def _statements(stacks: Stacks) -> Iterator[Mapping[str, Any]]:
    """What any role is allowed."""
    for policy in stacks.all_of("AWS::IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            yield statement


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _allowed(stacks: Stacks, function: str, service: str) -> set[str]:
    """The actions on this service that the function's role allows."""
    role = _functions(stacks)[function]["Role"]["Fn::GetAtt"][0]
    return {
        action.removeprefix(f"{service}:")
        for policy in stacks.all_of("AWS::IAM::Policy")
        if {"Ref": role} in policy["Roles"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _as_list(statement["Action"])
        if action.startswith(f"{service}:")
    }


def _routes(stacks: Stacks) -> dict[str, Mapping[str, Any]]:
    return {route["RouteKey"]: route for route in stacks.all_of("AWS::ApiGatewayV2::Route")}


def test_every_route_of_the_code_is_a_route_of_the_api_and_no_other(stacks: Stacks) -> None:
    declared = {
        f"{route.method} /v5{route.path}"
        for family in FAMILIES
        for route in import_module(f"{family}.routes").router.routes
    }
    assert _routes(stacks).keys() == declared | {"$default"}


def test_every_route_asks_for_a_token_unless_it_needs_no_scope(stacks: Stacks) -> None:
    deployed = _routes(stacks)
    for family in FAMILIES:
        for route in import_module(f"{family}.routes").router.routes:
            expected = "JWT" if route.scopes else "NONE"
            assert deployed[f"{route.method} /v5{route.path}"]["AuthorizationType"] == expected


def test_scopes_are_left_to_the_functions(stacks: Stacks) -> None:
    assert not [route for route in _routes(stacks).values() if route.get("AuthorizationScopes")]


def test_what_no_route_matches_is_answered_without_a_token(stacks: Stacks) -> None:
    assert _routes(stacks)["$default"]["AuthorizationType"] == "NONE"


def test_every_folder_of_functions_is_deployed(stacks: Stacks) -> None:
    assert _functions(stacks).keys() == FUNCTIONS


def test_every_function_has_its_own_role_and_log_group(stacks: Stacks) -> None:
    functions = _functions(stacks).values()
    assert len({str(it["Role"]) for it in functions}) == len(functions)
    assert len({str(it["LoggingConfig"]["LogGroup"]) for it in functions}) == len(functions)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_function_runs_on_arm_is_traced_and_logs_json(stacks: Stacks, name: str) -> None:
    function = _functions(stacks)[name]
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == name


def test_every_log_is_kept_for_a_while_and_not_for_ever(stacks: Stacks) -> None:
    assert all(group["RetentionInDays"] == 30 for group in stacks.all_of("AWS::Logs::LogGroup"))


def test_every_role_allows_what_the_access_patterns_name_and_no_more(stacks: Stacks) -> None:
    # The integration tests hold the same table to what is sent.
    named = re.findall(r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \|$", (ROOT / "docs/access-patterns.md").read_text(), re.M)
    stream = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
    allowed = {name: _allowed(stacks, name, "dynamodb") | _allowed(stacks, name, "s3") for name in FUNCTIONS}
    assert stream <= allowed["upkeep"]
    assert {name: set(re.findall(r"\w+", actions)) for name, actions in named} == {
        name: actions - stream for name, actions in allowed.items()
    }


def _on_objects(stacks: Stacks, bucket: str) -> dict[str, set[str]]:
    """Which functions may do what with which objects of the bucket that is exported under this name."""
    found: dict[str, set[str]] = {}
    roles = {function["Role"]["Fn::GetAtt"][0]: name for name, function in _functions(stacks).items()}
    for policy in stacks.all_of("AWS::IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            for resource in _as_list(statement["Resource"]):
                joined = resource.get("Fn::Join", ["", [""]])[1] if isinstance(resource, dict) else [""]
                if joined[0] == {"Fn::ImportValue": bucket}:
                    actions = {f"{action} {joined[1]}" for action in _as_list(statement["Action"])}
                    found.setdefault(roles[policy["Roles"][0]["Ref"]], set()).update(actions)
    return found


def test_only_pins_and_accounts_store_images_and_only_upkeep_deletes_them(stacks: Stacks) -> None:
    assert _on_objects(stacks, MEDIA_ARN) == {
        "account": {"s3:PutObject /*"},
        "pins": {"s3:PutObject /*"},
        "upkeep": {"s3:DeleteObject /*"},
    }


def test_archives_are_made_by_upkeep_and_handed_over_by_account(stacks: Stacks) -> None:
    assert _on_objects(stacks, ARCHIVES_ARN) == {
        "account": {"s3:GetObject /exports/*", "s3:PutObject /imports/*"},
        "upkeep": {
            *(f"s3:{action} /exports/*" for action in ("DeleteObject", "GetObject", "PutObject")),
            *(f"s3:{action} /imports/*" for action in ("DeleteObject", "GetObject")),
        },
    }


def test_only_upkeep_knows_what_archives_are_signed_with(stacks: Stacks) -> None:
    knowing = {name for name, it in _functions(stacks).items() if "ARCHIVE_SECRET" in it["Environment"]["Variables"]}
    assert knowing == {"upkeep"}


def test_no_action_is_a_pattern(stacks: Stacks) -> None:
    assert not [action for each in _statements(stacks) for action in _as_list(each["Action"]) if "*" in action]


def test_only_the_indexer_may_scan(stacks: Stacks) -> None:
    assert {name for name in FUNCTIONS if "Scan" in _allowed(stacks, name, "dynamodb")} == {"indexer"}


def test_no_role_reaches_every_resource_but_where_an_action_takes_none(stacks: Stacks) -> None:
    everywhere = [it for it in _statements(stacks) if "*" in _as_list(it["Resource"])]
    actions = {action for statement in everywhere for action in _as_list(statement["Action"])}
    assert actions == {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}


def test_functions_follow_the_table_as_the_tests_have_them_follow_it(stacks: Stacks) -> None:
    mappings = [EventSourceMapping.deployed(each) for each in stacks.all_of("AWS::Lambda::EventSourceMapping")]
    assert sorted(mappings, key=lambda each: each.batch_size) == [UPKEEP, INDEXER]
    assert all(len(each.filters) <= 5 for each in mappings)


def test_a_record_that_fails_is_retried_apart_from_its_batch_and_then_put_aside(stacks: Stacks) -> None:
    for properties in stacks.all_of("AWS::Lambda::EventSourceMapping"):
        mapping = EventSourceMapping.deployed(properties)
        assert mapping.starting_position == "TRIM_HORIZON"
        assert mapping.reports_item_failures
        assert mapping.bisects
        assert mapping.retry_attempts == 10
        assert mapping.max_record_age_seconds == 6 * 3600
        assert mapping.has_failure_queue


def test_failures_raise_an_alarm(stacks: Stacks) -> None:
    alarms = Counter(alarm["MetricName"] for alarm in stacks.all_of("AWS::CloudWatch::Alarm"))
    assert alarms == {
        "5xx": 1,
        "ApproximateNumberOfMessagesVisible": 2,
        "IteratorAge": 2,
        "FindableAfter": 1,
        "Unreadable": 1,
    }


def test_whatever_a_reader_gives_up_raises_an_alarm(stacks: Stacks) -> None:
    name = "ApproximateNumberOfMessagesVisible"
    alarms = [alarm for alarm in stacks.all_of("AWS::CloudWatch::Alarm") if alarm["MetricName"] == name]
    queues = {str(alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]) for alarm in alarms}
    given_up = [
        mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for mapping in stacks.all_of("AWS::Lambda::EventSourceMapping")
    ]
    assert queues == {*given_up}
    assert len(queues) == len(given_up) == 2
    assert {(alarm["Threshold"], alarm["ComparisonOperator"], alarm["TreatMissingData"]) for alarm in alarms} == {
        (1, "GreaterThanOrEqualToThreshold", "notBreaching")
    }


def test_a_reader_that_falls_behind_the_stream_raises_an_alarm(stacks: Stacks) -> None:
    lags = [alarm for alarm in stacks.all_of("AWS::CloudWatch::Alarm") if alarm["MetricName"] == "IteratorAge"]
    assert [alarm["Threshold"] for alarm in lags] == 2 * [10 * 60 * 1000]


def test_changes_that_are_found_late_raise_an_alarm(stacks: Stacks) -> None:
    [alarm] = [each for each in stacks.all_of("AWS::CloudWatch::Alarm") if each["MetricName"] == "FindableAfter"]
    environment = _functions(stacks)["indexer"]["Environment"]["Variables"]
    assert alarm["Namespace"] == environment["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": environment["POWERTOOLS_SERVICE_NAME"]}]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 10 * 60)


def test_items_that_cannot_be_read_raise_one_alarm_whichever_function_meets_them(stacks: Stacks) -> None:
    [alarm] = [each for each in stacks.all_of("AWS::CloudWatch::Alarm") if each["MetricName"] == "Unreadable"]
    variables = [_functions(stacks)[name]["Environment"]["Variables"] for name in FUNCTIONS]
    assert {alarm["Namespace"]} == {each["POWERTOOLS_METRICS_NAMESPACE"] for each in variables}
    assert alarm["Dimensions"] == [{"Name": "service", "Value": codec.METRICS_SERVICE}]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)


def test_access_tokens_are_made_by_our_own_pool_and_its_trigger(stacks: Stacks) -> None:
    (pool,) = stacks.all_of("AWS::Cognito::UserPool")
    (client,) = stacks.all_of("AWS::Cognito::UserPoolClient")
    assert pool["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"
    assert pool["UserPoolTier"] == "ESSENTIALS"
    assert client["GenerateSecret"] is False
    assert {"ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"} <= set(client["ExplicitAuthFlows"])


def test_no_web_page_may_call_the_api_by_default(stacks: Stacks) -> None:
    (api,) = stacks.all_of("AWS::ApiGatewayV2::Api")
    assert "CorsConfiguration" not in api


@pytest.fixture(scope="module")
def configured(synth: Synth) -> Stacks:
    return synth(
        throttle_rate="7",
        throttle_burst="9",
        cors_origins="https://a.example, https://b.example",
        issuer="https://issuer.example/",
        audience="presence",
    )


def test_throttling_is_set_by_context(configured: Stacks) -> None:
    (stage,) = configured.all_of("AWS::ApiGatewayV2::Stage")
    limits = stage["DefaultRouteSettings"]
    assert (limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"]) == (7, 9)


def test_web_pages_of_the_given_origins_may_call_and_read_what_clients_need(configured: Stacks) -> None:
    (api,) = configured.all_of("AWS::ApiGatewayV2::Api")
    cors = api["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://a.example", "https://b.example"]
    assert {"Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"} == set(
        cors["AllowHeaders"]
    )
    assert {"ETag", "Retry-After", "Location"} == set(cors["ExposeHeaders"])


def test_tokens_of_another_issuer_replace_the_user_pool(configured: Stacks) -> None:
    (authorizer,) = configured.all_of("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"] == {"Audience": ["presence"], "Issuer": "https://issuer.example/"}
    assert not configured.all_of("AWS::Cognito::UserPool")
    assert _functions(configured).keys() == FUNCTIONS - {"sign_in"}


def test_an_issuer_without_an_audience_is_refused(synth: Synth) -> None:
    with pytest.raises(ValueError, match="together"):
        synth(issuer="https://issuer.example/")
