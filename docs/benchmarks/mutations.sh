#!/bin/sh
# Changes the code one place at a time and asks whether the unit tests notice.
#
#   docs/benchmarks/mutations.sh                          everything that reckons money, part by part, with a table at the end
#   docs/benchmarks/mutations.sh MODULE CLASSES [TESTS]   some classes: patterns with commas between
#   docs/benchmarks/mutations.sh ledger 'cn.jingshu.ledger.money.*,cn.jingshu.ledger.tariff.*'
#
# TESTS are patterns too; without them, tests with names like those of CLASSES. What needs a database is tested by integration
# tests, which are not run here: the list below leaves out what only speaks SQL. The report of each change is
# MODULE/target/pit-reports/PART/index.html; docs/benchmarks/README.md keeps the scores. THREADS (default: 2) may be set.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$home"
# With an older Java the tests are not found, and every change would seem unnoticed.
if ! "${JAVA_HOME:-/none}/bin/java" -version 2>&1 | head -n 1 | grep -q '"25'; then
  JAVA_HOME=$(ls -d /usr/lib/jvm/*25* 2>/dev/null | head -n 1)
  export JAVA_HOME
fi

# change MODULE PART CLASSES TESTS [EXCLUDED]: one run, and its line of the table
change() {
  report="$home/$1/target/pit-reports/$2"
  rm -rf "$report"
  ./mvnw -B -ntp ${JINGSHU_MAVEN_OPTIONS:-} -pl "$1" -am test-compile org.pitest:pitest-maven:mutationCoverage \
    -DtargetClasses="$3" -DtargetTests="$4" ${5:+"-DexcludedClasses=$5"} -DreportsDirectory="$report" -Dthreads="${THREADS:-2}"
  awk -F, -v part="$1 $2" '
      { all++ }
      $6 == "KILLED" || $6 == "TIMED_OUT" || $6 == "MEMORY_ERROR" || $6 == "RUN_ERROR" { noticed++ }
      END { printf "| %s | %d | %d | %.0f %% |\n", part, all, noticed, all ? 100 * noticed / all : 0 }' \
    "$report/mutations.csv" >> "$table"
}

if [ $# -eq 1 ] || [ $# -gt 3 ]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
table=$(mktemp)
# What was finished is told even if a later part fails.
trap 'echo; echo "| Part | Changes | Noticed | Score |"; echo "| --- | --- | --- | --- |"; cat "$table"; rm -f "$table"' EXIT
if [ $# -ge 2 ]; then
  change "$1" some "$2" "${3:-$2}"
  exit
fi
ledger=cn.jingshu.ledger
for part in money tariff share bundle verify; do
  change ledger "$part" "$ledger.$part.*" "$ledger.$part.*"
done
change ledger settlement "$ledger.settlement.*" "$ledger.settlement.*" "$ledger.settlement.SettlementBook*"
change ledger seal "$ledger.seal.*" "$ledger.seal.*" "$ledger.seal.SealKeystore*"
change ledger journal "$ledger.journal.*,$ledger.account.*" "$ledger.journal.*" "$ledger.journal.Journal,$ledger.journal.Journal\$*,\
$ledger.journal.JournalWriter*,$ledger.journal.Balances*,$ledger.journal.GeneralLedger*,$ledger.journal.PendingEntries*,\
$ledger.journal.BookingCall*,$ledger.journal.EntryRows*,$ledger.account.Chart"
market=cn.jingshu.marketplace
change marketplace-api pricing "$market.pricing.*" "$market.pricing.*" \
  "$market.pricing.PriceBook*,$market.pricing.PriceProposals*,$market.pricing.PermittedRevenues*,$market.pricing.CeilingFindings*,*\$Definition*,*\$Introspection*,*\$Intercepted*"
change marketplace-api rating "$market.billing.Rating*,$market.billing.Basis,$market.billing.PricedUsage,$market.billing.Charge,\
$market.billing.MonthShare,$market.billing.account.Balance,$market.billing.account.AccountTerms,$market.billing.account.Movement,\
$market.billing.statement.OpenItems" "$market.billing.*"
