#!/bin/sh
# Run once by the image, on an empty database: the role the nodes work as. Its rights are given by a node at each start.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --set password="$JINGSHU_DATASOURCE_PASSWORD" <<'SQL'
CREATE ROLE jingshu_node LOGIN PASSWORD :'password';
SQL
