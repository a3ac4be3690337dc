// GraphiQL over the hub's own endpoint, one tab per sample query. What is typed, the key included, lives in sessionStorage
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
  const samples = JSON.parse(byId("samples").textContent);
  // A page of the console hands its query over behind the address's #, which no server and no log sees.
  const handed = new URLSearchParams(location.hash.slice(1));
  // A new fetcher makes GraphiQL read the schema again, as the key's holder may see it.
  const render = () => {
    byId("key-state").value = sessionStorage.getItem(KEY) ? "已设置" : "未设置";
    root.render(
      React.createElement(GraphiQL, {
        fetcher: fetcher(),
        storage,
        shouldPersistHeaders: false,
        defaultTabs: samples,
        query: handed.get("query") || undefined,
        variables: handed.get("variables") || undefined,
        defaultQuery: "# 在此书写查询；Ctrl-空格 提示字段，Ctrl-回车 执行。\n",
        defaultEditorToolsVisibility: true,
      }),
    );
  };
  const keep = (key) => {
    if (key) sessionStorage.setItem(KEY, key);
    else sessionStorage.removeItem(KEY);
    byId("key").value = "";
    render();
  };

  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    keep(byId("key").value.trim().replace(/^bearer\s+/i, ""));
  });
  byId("forget").addEventListener("click", () => keep(""));
  render();
})();
