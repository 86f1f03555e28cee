#!/bin/sh
# Books two-line entries as fast as the ledger takes them: docs/benchmarks/ledger-load.sh
#
# From the environment: SECS (10), CLIENTS (256), BATCH entries a transaction of each client (1: clients share transactions), HOT (0; 1: one
# side of each entry is one of three accounts), ACCOUNTS (10000), and PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE of the database,
# in which the ledger's schema is made. The last line is 'transfers/s N', of entries that are committed and counted again after.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
classpath="$home/ledger/target/load.classpath"
if [ ! -f "$classpath" ] || [ -n "$(find "$home/pom.xml" "$home/ledger/pom.xml" "$home/ledger/src" -newer "$classpath" -type f | head -n 1)" ]; then
  echo 'ledger-load.sh: building …' >&2
  (cd "$home" && ./mvnw -q -B -ntp -pl ledger -am test-compile dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile=target/load.classpath) >&2
  touch "$classpath" # the plugin leaves a file that says the same as it is
fi
java=${JINGSHU_JAVA_HOME:+$JINGSHU_JAVA_HOME/bin/}java
if ! "$java" -version 2>&1 | head -n 1 | grep -q '"25'; then
  java=$(ls -d /usr/lib/jvm/*25*/bin/java 2>/dev/null | head -n 1)
fi
exec "$java" -Xmx512m -cp "$home/ledger/target/classes:$home/ledger/target/test-classes:$(cat "$classpath")" \
  cn.jingshu.ledger.benchmark.LedgerLoad
