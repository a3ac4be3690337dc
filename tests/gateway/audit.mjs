// npm `graphql-http`'s audit of a server, as JSON: the id, name and status of each of its checks.
import { createRequire } from "node:module";
const [packages, url, key] = process.argv.slice(2);
const { serverAudits } = createRequire(`${packages}/node_modules/`)("graphql-http");
const fetchFn = (address, init = {}) => fetch(address, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
const found = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  found.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason });
}
console.log(JSON.stringify(found));
