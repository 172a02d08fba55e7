// Reads Kubernetes manifests (YAML) on standard input and writes {objects, untyped, problems} as JSON.
// Two checks of every object, since neither finds everything: the published schemas find wrong and missing values, the
// TypeScript types find fields that do not exist. Objects of other people's types (CRDs) have neither and are listed.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const objects = parseAllDocuments(readFileSync(0, "utf8"), { merge: true }).map((document) => {
  if (document.errors.length > 0) throw document.errors[0];
  return document.toJS();
}).filter((object) => object !== null);

const problems = [];
const typed = [];
const untyped = [];
for (const object of objects) (await checkSchema(object) ? typed : untyped).push(object);
checkTypes();
console.log(JSON.stringify({ objects, untyped: untyped.map((object) => `${object.apiVersion}/${object.kind}`), problems }));

function report(object, message) {
  problems.push(`${object.kind}/${object.metadata?.name}: ${message}`);
}

async function checkSchema(object) {
  let models;
  try {
    models = await import(`kubernetes-models/${object.apiVersion}`);
  } catch (missing) {
    if (missing.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw missing;
    return false;
  }

  if (!models[object.kind]) return false;
  try {
    new models[object.kind](object).validate();
  } catch (refused) {
    report(object, refused.message);
  }
  return true;
}

// "apps/v1" is apps/v1 there, "networking.k8s.io/v1" networking/v1, "v1" core/v1.
function typesOf(apiVersion) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  return `kubernetes-types/${group.split(".")[0]}/${version}`;
}

function checkTypes() {
  const lines = typed.map((object, n) => `import type { ${object.kind} as T${n} } from "${typesOf(object.apiVersion)}"; export const o${n}: T${n} = ${JSON.stringify(object)};`);
  const file = fileURLToPath(new URL("manifests.ts", import.meta.url));
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022, types: [] };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) => name === file ? ts.createSourceFile(name, lines.join("\n"), options.target) : getSourceFile(name, ...rest);

  for (const found of ts.getPreEmitDiagnostics(ts.createProgram([file], options, host))) {
    const message = ts.flattenDiagnosticMessageText(found.messageText, " ");
    const line = found.file?.fileName === file ? found.file.getLineAndCharacterOfPosition(found.start).line : undefined;
    if (line === undefined) problems.push(message);
    else report(typed[line], message);
  }
}
