// validate.js SCHEMA DOCUMENTS: validates the documents, one a line, against a
// JSON Schema, which may refer to its neighbours.  Of each it prints "valid", or
// where it is not and which keyword says so.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [schema, documents] = process.argv.slice(2);
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats(ajv);
for (const name of readdirSync(dirname(schema)).filter((name) => name.endsWith(".schema.json"))) {
	ajv.addSchema(JSON.parse(readFileSync(join(dirname(schema), name), "utf8")), name);
}
const validate = ajv.getSchema(basename(schema));

for (const document of readFileSync(documents, "utf8").trimEnd().split("\n")) {
	const errors = validate(JSON.parse(document)) ? [] : validate.errors;
	console.log(errors.map((error) => `${error.instancePath} ${error.keyword}`).join(", ") || "valid");
}
