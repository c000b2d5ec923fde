# Reads metrics in Prometheus' text format from stdin, with the parser of Prometheus' own Python package, and prints them as JSON:
# by name, the type and the samples.
import json
import sys

from prometheus_client.parser import text_string_to_metric_families

families = {
    family.name: {
        "type": family.type,
        "help": family.documentation,
        "samples": [{"name": s.name, "labels": s.labels, "value": str(s.value)} for s in family.samples],
    }
    for family in text_string_to_metric_families(sys.stdin.read())
}
print(json.dumps(families))
