// validate.js SCHEMA DOCUMENTS: validates the documents, one a line, against a
// JSON Schema.  Of each it prints "valid", or where it is not and which keyword
// says so.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [schema, documents] = process.argv.slice(2).map((file) => readFileSync(file, "utf8").trimEnd());
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(schema));

for (const document of documents.split("\n")) {
  const errors = validate(JSON.parse(document)) ? [] : validate.errors;
  console.log(errors.map((error) => `${error.instancePath} ${error.keyword}`).join(", ") || "valid");
}
