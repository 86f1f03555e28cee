#!/bin/sh
# Real crashes: docs/benchmarks/torture.sh --rounds N [--cities M] [--minutes T] [--seed S] [--fault NAME] [--data DIR]
#
# Two nodes, their PostgreSQL and their Redis as processes that are killed, stopped and frozen under load and started again;
# after each round everything stored is held against what the callers know. The last line is the verdict
# (rounds=… events=… lost=0 doubled=0 oversold=0); the exit status is 0 only if all three are 0. Several cities share the rounds and
# are tortured at the same time, each with nodes, PostgreSQL and Redis of its own. After T
# minutes no further round begins.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
target="$home/marketplace-api/target"
classpath="$target/torture.classpath"
if [ ! -f "$classpath" ] || [ -n "$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/*/src -newer "$classpath" -type f | head -n 1)" ]; then
  echo 'torture.sh: building …' >&2
  (cd "$home" && ./mvnw -q -B -ntp ${JINGSHU_MAVEN_OPTIONS:-} -pl marketplace-api -am -DskipTests -Djingshu.train.skip package \
    dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/torture.classpath) >&2
fi
java=${JINGSHU_JAVA_HOME:+$JINGSHU_JAVA_HOME/bin/}java
if ! "$java" -version 2>&1 | head -n 1 | grep -q '"25'; then
  java=$(ls -d /usr/lib/jvm/*25*/bin/java 2>/dev/null | head -n 1)
fi
# The nodes run from jars alone, as the launcher starts them, so that Java can cache what they load.
nodes=$(ls "$target"/marketplace-api-*.jar "$target"/lib/*.jar | tr '\n' ':')
exec "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Xmx768m -XX:+UseSerialGC \
  -Dfile.encoding=UTF-8 -cp "$target/classes:$target/test-classes:$(cat "$classpath")" \
  cn.jingshu.marketplace.torture.TortureCommand --node-class-path "${nodes%:}" --cached true "$@"
