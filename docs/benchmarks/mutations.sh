#!/bin/sh
# Changes the code of a module, one place at a time, and asks whether its unit tests notice: docs/benchmarks/mutations.sh MODULE CLASSES
#
# CLASSES are patterns with commas between: docs/benchmarks/mutations.sh ledger 'cn.jingshu.ledger.money.*,cn.jingshu.ledger.tariff.*'
# What needs a database is tested by integration tests, which are not run here: name classes that reckon. The report of each
# change is MODULE/target/pit-reports/index.html; docs/benchmarks/README.md keeps the scores.
set -eu
if [ $# -ne 2 ]; then
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
home=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$home"
# With an older Java the tests are not found, and every change would seem unnoticed.
if ! "${JAVA_HOME:-/none}/bin/java" -version 2>&1 | head -n 1 | grep -q '"25'; then
  JAVA_HOME=$(ls -d /usr/lib/jvm/*25* 2>/dev/null | head -n 1)
  export JAVA_HOME
fi
exec ./mvnw -B -ntp ${JINGSHU_MAVEN_OPTIONS:-} -pl "$1" -am test-compile org.pitest:pitest-maven:mutationCoverage \
  -DtargetClasses="$2" -Dthreads=2
