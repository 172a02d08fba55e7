// One YAML document on standard input, the same as JSON on standard output.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

console.log(JSON.stringify(parse(readFileSync(0, "utf8"), { merge: true })));
