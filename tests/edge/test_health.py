"""The box's metrics are what Prometheus reads."""

from uuid import UUID

from prometheus_client.parser import text_string_to_metric_families

from edge.health import flatten, metrics_text

DEVICE = UUID("50a62cc9-7b29-4c58-9d6f-1f2b3c4d5e6f")


def test_ids_are_labels_and_numbers_are_whole() -> None:
    report = {
        "connected": True,
        "restarts": {f"device {DEVICE}": 1, "link/mqtt": 0},
        "meters": {str(DEVICE): {"polls": 1_234_567, "age_s": 0.25}},
        "site": "КПП",
    }
    text = metrics_text(flatten(report))
    samples = {
        (sample.name, sample.labels.get("id")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert samples == {
        ("domovoy_edge_connected", None): 1,
        ("domovoy_edge_restarts_device", str(DEVICE)): 1,
        ("domovoy_edge_restarts_link_mqtt", None): 0,
        ("domovoy_edge_meters_polls", str(DEVICE)): 1_234_567,
        ("domovoy_edge_meters_age_s", str(DEVICE)): 0.25,
    }
