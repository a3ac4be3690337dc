// PostGraphile 5 over the tables as they are.
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";

const [connectionString, port] = [process.argv[2], Number(process.argv[3])];
const preset = { extends: [PostGraphileAmberPreset], pgServices: [makePgService({ connectionString, schemas: ["public"] })], grafserv: { port } };
const instance = postgraphile(preset);
const server = createServer();
server.on("error", (error) => console.error(error));
await instance.createServ(grafserv).addTo(server);
server.listen(port, "127.0.0.1");
