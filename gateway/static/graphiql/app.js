// GraphiQL over the hub's own endpoint, one tab per saved query that the key's role may run; none without a key. What is typed, the key included, lives in sessionStorage
// and is gone when the browser's tab is closed. A header of the same name in GraphiQL's own header editor goes first.
"use strict";
(() => {
  const KEY = "dexhub.key";
  const byId = (id) => document.getElementById(id);
  // GraphiQL's dialogs add a style element; the page's policy asks for this nonce on it.
  window.__webpack_nonce__ = document.currentScript.nonce;

  const url = new URL("graphql", document.baseURI);
  const socket = new URL(url);
  socket.protocol = url.protocol.replace("http", "ws");

  const fetcher = () => {
    const key = sessionStorage.getItem(KEY);
    const headers = key ? { Authorization: `Bearer ${key}` } : {};
    return GraphiQL.createFetcher({
      url: url.href,
      subscriptionUrl: socket.href,
      headers,
      wsConnectionParams: headers,
    });
  };

  const storage = {
    getItem: (name) => sessionStorage.getItem(name),
    setItem: (name, value) => sessionStorage.setItem(name, value),
    removeItem: (name) => sessionStorage.removeItem(name),
    get length() {
      return sessionStorage.length;
    },
    // “Clear data” in GraphiQL's settings forgets the key too.
    clear() {
      sessionStorage.clear();
      keep("");
    },
  };

  const root = ReactDOM.createRoot(byId("graphiql"));
  // A page of the console hands its query over behind the address's #, which no server and no log sees.
  const handed = new URLSearchParams(location.hash.slice(1));
  // What the hub offers to the holder of the key. A key that is none is said to be so.
  const offered = async () => {
    const key = sessionStorage.getItem(KEY);
    if (!key) return { state: "未设置 / no key", tabs: [] };
    const answer = await fetch("graphiql/tabs", { headers: { Authorization: `Bearer ${key}` } });
    if (!answer.ok) return { state: "无效 / not valid", tabs: [] };
    const { name, role, region, tabs } = await answer.json();
    return { state: [name, role, region].filter(Boolean).join(" · "), tabs };
  };
  let holder = 0;
  // A new fetcher makes GraphiQL read the schema again; a new element, with the tabs of before forgotten, offers new ones.
  const render = async ({ anew = false } = {}) => {
    const { state, tabs } = await offered();
    if (anew) sessionStorage.removeItem("graphiql:tabState");
    byId("key-state").value = state;
    root.render(
      React.createElement(GraphiQL, {
        key: (holder += anew),
        fetcher: fetcher(),
        storage,
        shouldPersistHeaders: false,
        defaultTabs: tabs.length ? tabs : undefined,
        query: handed.get("query") || undefined,
        variables: handed.get("variables") || undefined,
        defaultQuery: "# 填入密钥后，此处列出该角色可用的查询 / Give a key to see the queries of its role.\n# 在此书写查询；Ctrl-空格 提示字段，Ctrl-回车 执行。\n",
        defaultEditorToolsVisibility: true,
      }),
    );
  };
  const keep = (key) => {
    if (key) sessionStorage.setItem(KEY, key);
    else sessionStorage.removeItem(KEY);
    byId("key").value = "";
    render({ anew: true });
  };

  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    keep(byId("key").value.trim().replace(/^bearer\s+/i, ""));
  });
  byId("forget").addEventListener("click", () => keep(""));
  render();
})();
