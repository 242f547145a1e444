"""Verifies that AWS offers what the blueprint asks for, in this region and account."""

from __future__ import annotations

from collections.abc import Iterable

from stackwright.checks import (
    AwsZones,
    DatabaseOffered,
    EksVersionOffered,
    EndpointServicesOffered,
    InstanceTypesOffered,
)
from stackwright.engine.preflight.aws import Account
from stackwright.engine.preflight.result import Result, fails, holds
from stackwright.engine.preflight.worlds import Worlds


def zones(check: AwsZones, worlds: Worlds) -> Result:
    """Verify that the account has the zones, and that they are open."""
    known = worlds.account().ask("ec2", "describe_availability_zones", "AvailabilityZones")
    states = {zone["ZoneName"]: zone["State"] for zone in known}
    missing = [zone for zone in check.zones if states.get(zone) != "available"]
    if missing:
        there = [zone for zone, state in states.items() if state == "available"]
        return fails(
            check, f"the account has no {_words(missing)}; it has {_words(sorted(there))}."
        )
    return holds(check, f"{_words(check.zones)} are available.")


def instance_types(check: InstanceTypesOffered, worlds: Worlds) -> Result:
    """Verify that every zone offers one of the types."""
    offers = worlds.account().pages(
        "ec2",
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": list(check.types)}],
    )
    by_zone = {
        zone: {o["InstanceType"] for o in offers if o["Location"] == zone} for zone in check.zones
    }
    without = [zone for zone, types in by_zone.items() if not types]
    if without:
        return fails(check, f"{_words(without)} offers none of {_words(check.types)}.")
    return holds(check, f"{_words(check.types)} in {_words(check.zones)}.")


def endpoint_services(check: EndpointServicesOffered, worlds: Worlds) -> Result:
    """Verify that the region has an interface endpoint of each service."""
    # Asking for one that is not there is an error that names no other.
    there = set(worlds.account().ask("ec2", "describe_vpc_endpoint_services", "ServiceNames"))
    missing = [name for name in check.services if not _offered(name, check.region, there)]
    if missing:
        return fails(check, f"the region has no endpoint for {_words(missing)}.")
    return holds(check, f"all {len(check.services)} are offered.")


def cluster_version(check: EksVersionOffered, worlds: Worlds) -> Result:
    """Verify that EKS offers the version, and that a cluster that is there can get to it."""
    account = worlds.account()
    versions = account.pages(
        "eks", "describe_cluster_versions", "clusterVersions", includeAll=False
    )
    offered = {item["clusterVersion"]: item.get("versionStatus", "") for item in versions}
    now = _version_now(account, check.cluster)
    if now and not _reachable(now, check.version):
        return fails(
            check,
            f"the cluster runs {now}; EKS raises a version one step at a time and never lowers it.",
            f"{check.verifies[0]}: {_next_step(now, check.version)}",
        )
    if now == check.version:
        return holds(check, f"the cluster runs {now}.")
    if check.version not in offered:
        return fails(check, f"EKS offers {_words(sorted(offered))} here.")
    return holds(check, f"EKS offers it ({offered[check.version].lower().replace('_', ' ')}).")


def database(check: DatabaseOffered, worlds: Worlds) -> Result:
    """Verify that RDS offers a minor version of the major one on the class."""
    account = worlds.account()
    versions = account.pages(
        "rds", "describe_db_engine_versions", "DBEngineVersions", Engine=check.engine
    )
    minors = [
        v["EngineVersion"] for v in versions if v["EngineVersion"].split(".")[0] == check.version
    ]
    if not minors:
        majors = {v["EngineVersion"].split(".")[0] for v in versions}
        return fails(
            check, f"RDS offers {check.engine} {_words(sorted(majors, key=_number))} here."
        )
    options = account.pages(
        "rds",
        "describe_orderable_db_instance_options",
        "OrderableDBInstanceOptions",
        Engine=check.engine,
        EngineVersion=max(minors, key=_number),
        DBInstanceClass=check.instance_class,
        Vpc=True,
    )
    if not options:
        return fails(
            check, f"RDS offers no {check.instance_class} for {check.engine} {check.version} here."
        )
    if check.multi_az and not any(option.get("MultiAZCapable") for option in options):
        return fails(check, f"RDS keeps no standby of {check.instance_class} in another zone here.")
    return holds(check, f"RDS offers {max(minors, key=_number)} on {check.instance_class}.")


def _offered(service: str, region: str, there: set[str]) -> bool:
    # China's regions put their own prefix before the same names (AWS PrivateLink guide).
    return any(f"{prefix}com.amazonaws.{region}.{service}" in there for prefix in ("", "cn."))


def _version_now(account: Account, cluster: str) -> str:
    answer = account.find("eks", "describe_cluster", name=cluster)
    return str(answer["cluster"]["version"]) if answer else ""


def _reachable(now: str, wanted: str) -> bool:
    return 0 <= _number(wanted)[1] - _number(now)[1] <= 1


def _next_step(now: str, wanted: str) -> str:
    if _number(wanted) < _number(now):
        return f'"{now}"'
    major, minor = _number(now)
    return f'"{major}.{minor + 1}"'


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def _words(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
