import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { Log, Run } from 'sarif';
import { root } from './process.ts';

/** What is wrong with a log by the schema of OASIS, and by what code scanning wants of rules and results. Empty where all is right. */
export function sarifErrors(log: Log): readonly string[] {
  valid(log);
  const errors = (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return [...errors, ...log.runs.flatMap(codeScanningErrors)];
}

/** Of draft 4, whose keywords mean the same in this schema but for the name of its own address. */
const {
  id: _,
  $schema: __,
  ...schema
} = JSON.parse(readFileSync(join(root, 'test', 'schemas', 'sarif-schema-2.1.0.json'), 'utf8'));
/** Formats are checked below, those that are used. */
const valid = new Ajv({ allErrors: true, validateFormats: false, strictTypes: false }).compile(schema);

/** Source: GitHub Docs, "SARIF support for code scanning", supported properties, and "SARIF results exceed one or more limits". */
function codeScanningErrors({ tool, results = [] }: Run): readonly string[] {
  const { rules = [] } = tool.driver;
  const longest = 1_024;
  const ofRules = rules.flatMap(({ id, shortDescription, fullDescription, help, properties }) => {
    const texts = [shortDescription?.text, fullDescription?.text, help?.text, help?.markdown];
    const score = Number(properties?.['security-severity']);
    return [
      ...(texts.every((text) => text && text.length <= longest) ? [] : [`${id} has no text, or a long one`]),
      ...(score > 0 && score <= 10 ? [] : [`${id} has no score`]),
    ];
  });
  const fingerprints = new Set<string>();
  const ofResults = results.flatMap(({ ruleId, ruleIndex, locations, partialFingerprints }, index) => {
    const uri = locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '';
    const fingerprint = partialFingerprints?.['fedbridge/v1'] ?? '';
    const isKnown = fingerprints.has(fingerprint);
    fingerprints.add(fingerprint);
    return [
      ...(rules[ruleIndex ?? -1]?.id === ruleId ? [] : [`result ${index} is of another rule`]),
      ...(/^[\da-f]{16}$/.test(fingerprint) && !isKnown ? [] : [`result ${index} has no fingerprint of its own`]),
      ...(uri !== '' && URL.canParse(uri, 'file:///') ? [] : [`result ${index} is in no file`]),
    ];
  });
  return [...ofRules, ...ofResults, ...(results.length > 25_000 ? ['too many results'] : [])];
}
