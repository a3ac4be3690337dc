// Sends the bodies, or asks the addresses, in turn over so many connections for so many seconds; prints requests a second, latency
// in milliseconds and errors as JSON. Each connection begins elsewhere in the list, so that no two ask the same at a time.
import autocannon from "autocannon";
import { readFileSync } from "node:fs";

const { url, headers, bodies, connections, seconds, method } = JSON.parse(readFileSync(0, "utf8"));
const requests = bodies.map((body) => (method === "GET" ? { method, headers, path: body } : { method, headers, body: JSON.stringify(body) }));
let begun = 0;
const setupClient = (client) => {
  const first = Math.floor((begun++ * requests.length) / connections) % requests.length;
  client.setRequests([...requests.slice(first), ...requests.slice(0, first)]);
};
const { requests: rate, latency, errors, non2xx } = await autocannon({ url, connections, duration: seconds, requests, setupClient });
console.log(JSON.stringify({ rate: rate.average, p50: latency.p50, p99: latency.p99, errors, non2xx }));
