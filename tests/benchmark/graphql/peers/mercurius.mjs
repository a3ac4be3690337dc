// Mercurius with its JIT and SQL written by hand over the read model: what a team that knows both would put in its place.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const [connectionString, port, tracks] = [process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])];
const pool = new pg.Pool({ connectionString, max: 10 });
const schema = `
  type Organisation { name: String! creditCode: String kind: String isLead: Boolean! }
  type Representative { name: String! role: String isContact: Boolean! }
  type Team { name: String! representatives: [Representative!]! }
  type Region { code: ID! name: String! }
  type NationalTrack { id: ID! name: String! }
  type Source { url: String! sha256: String! locator: String! }
  type Warning { code: String! place: String! zh: String! en: String! }
  type Entry {
    id: ID! nativeId: String! title: String! summary: String! city: String stage: String! status: String! match: String!
    award: String score: Float submittedAt: String! updatedAt: String! region: Region! nationalTrack: NationalTrack
    declaredNationalTrack: NationalTrack team: Team! organisations: [Organisation!]! leadOrganisation: Organisation!
    warnings: [Warning!]! source: Source!
  }
  type Page { totalCount: Int! nodes: [Entry!]! }
  type Key { group: String! value: String }
  type Row { keys: [Key!]! entries: Int! organisations: Int! }
  type Query { entries(region: ID, track: ID, first: Int!): Page! entry(id: ID!): Entry statistics: [Row!]! }`;
const { regions, national } = tracks;
const columns = `id, native_id, title, summary, city, stage, status, match, award, score, submitted_at, updated_at, region,
  counted_track, declared_track, team_name, organisations, representatives, warnings, source_url, source_sha256, source_locator`;
const track = (id) => (id ? { id, name: national[id] } : null);
const china = (moment) => new Date(moment.getTime() + 288e5).toISOString().slice(0, 19) + "+08:00";
const entry = (row) => {
  const organisations = JSON.parse(row.organisations);
  return {
    id: row.id, nativeId: row.native_id, title: row.title, summary: row.summary, city: row.city, stage: row.stage,
    status: row.status, match: row.match, award: row.award, score: row.score, submittedAt: china(row.submitted_at),
    updatedAt: china(row.updated_at), region: { code: row.region, name: regions[row.region] },
    nationalTrack: track(row.counted_track), declaredNationalTrack: track(row.declared_track),
    team: { name: row.team_name, representatives: JSON.parse(row.representatives) }, organisations,
    leadOrganisation: organisations.find((each) => each.isLead), warnings: row.warnings,
    source: { url: row.source_url, sha256: row.source_sha256, locator: row.source_locator },
  };
};
const resolvers = {
  Query: {
    entries: async (_, { region, track: counted, first }) => {
      const where = "($1::text IS NULL OR region = $1) AND ($2::text IS NULL OR counted_track = $2)";
      const plain = region && counted ? "region = $1 AND counted_track = $2" : where;
      const [rows, count] = await Promise.all([
        pool.query({ name: `page ${first} ${plain === where}`, values: [region, counted, first],
          text: `SELECT ${columns} FROM entry WHERE ${plain} ORDER BY submitted_at DESC, id DESC LIMIT $3` }),
        pool.query({ name: `count ${plain === where}`, text: `SELECT count(*)::int AS n FROM entry WHERE ${plain}`, values: [region, counted] }),
      ]);
      return { totalCount: count.rows[0].n, nodes: rows.rows.map(entry) };
    },
    entry: async (_, { id }) => {
      const { rows } = await pool.query({ name: "one", text: `SELECT ${columns} FROM entry WHERE id = $1`, values: [id] });
      return rows.length ? entry(rows[0]) : null;
    },
    statistics: async () => {
      const { rows } = await pool.query({
        name: "statistics",
        text: `SELECT e.region, e.counted_track, e.stage, count(*)::int AS entries, count(DISTINCT o.organisation_key)::int AS organisations
          FROM entry e JOIN entry_organisation o ON o.entry_id = e.id AND o.position = 0 GROUP BY 1, 2, 3 ORDER BY 4 DESC`,
      });
      return rows.map((row) => ({
        keys: [
          { group: "REGION", value: row.region }, { group: "NATIONAL_TRACK", value: row.counted_track }, { group: "STAGE", value: row.stage },
        ],
        entries: row.entries, organisations: row.organisations,
      }));
    },
  },
};
const app = Fastify();
app.register(mercurius, { schema, resolvers, jit: 1 });
await app.listen({ port, host: "127.0.0.1" });
