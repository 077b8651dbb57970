#!/usr/bin/env bash
# Does the story of the demo still happen, from the MSI to the new certificate?
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh

check "the demo goes from an expired certificate to a new one" ./installer/demo.sh --once
report
