// Validates Kubernetes objects (YAML on standard input) by the JSON schemas of their kinds: node validate.mjs FOLDER_WITH_NODE_MODULES
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(`${process.argv[2]}/`);
const families = { 'monitoring.coreos.com': '@kubernetes-models/prometheus-operator', 'keda.sh': '@kubernetes-models/keda' };
let valid = 0;
const errors = [];
for (const object of require('js-yaml').loadAll(readFileSync(0, 'utf8'))) {
  if (!object) continue;
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  try {
    const Model = require([families[group] ?? 'kubernetes-models', group, version, object.kind].filter(Boolean).join('/'))[object.kind];
    new Model(object).validate();
    valid++;
  } catch (error) {
    errors.push(`${object.kind} ${object.metadata?.name}: ${error.message}`);
  }
}
console.log(JSON.stringify({ valid, errors }));
