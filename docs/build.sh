#!/usr/bin/env bash
# Builds the site of docs/, with the API from the XML docs, into obj/site/html: docs/build.sh [--no-build]
# Warnings are errors, and so are links and anchors that lead nowhere. --no-build takes what `dotnet build` made already.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != "--no-build" ]; then
  dotnet build test/Dime.Documentation.Tests
  dotnet build src/Dime.Cluster.Tool
fi

dotnet tool restore
rm -rf obj/site obj/documented
# docfx.json cannot say which build: Debug, unless the environment says otherwise, as for `dotnet build`.
mkdir -p obj/documented
ln -s "$PWD/test/Dime.Documentation.Tests/bin/${Configuration:-Debug}/net10.0" obj/documented/library
ln -s "$PWD/src/Dime.Cluster.Tool/bin/${Configuration:-Debug}/net10.0" obj/documented/cluster
dotnet docfx docfx.json --warningsAsErrors
