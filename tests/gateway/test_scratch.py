import time
def test_a(service):
    t=time.time()
    for _ in range(20): r=service.national.ask("{ entries(first:20) { totalCount edges { node { id title } } } }")
    print(r, (time.time()-t)/20)
def test_b(own):
    print(own.national.ask("{ entries(first:3) { totalCount } }"))
def test_c(service):
    c = service.national
    for body, h in [(b"{", {}), (b"[]", {}), (b"null", {}), (b'"x"', {}), (b'{}', {}), (b'{"query": 3}', {}), (b'\xff', {}), (b'{"query":"{__typename}","variables":[]}', {}), (b'{"query":"{__typename}","variables":"x"}', {}), (b'[{"query":"{__typename}"}]', {}), (b'{"query":"{ nope }"}',{}), (b'{"query":"{"}',{}), (b'{"query":"{__typename}","operationName":"x"}',{}), (b'{"query":"{__typename}","operationName":3}',{}), (b'{"query":"query($a:ID!){entry(id:$a){id}}"}',{}),(b'{"query":""}',{}),
      (b'{"query":"query($a:ID!){entry(id:$a){id}}","variables":{"a":"\\u0000"}}',{}),
      (b'{"query":"query($a:ID!){entry(id:$a){id}}","variables":{"a":"\\ud800"}}',{}),
      (b'{"query":"{entries(filter:{submittedFrom:\\"0001-01-01T00:00:00+08:00\\"}){totalCount}}"}',{}),
      (b'{"query":"{entries(first:99999999999){totalCount}}"}',{}),
      (b'{"query":"{entries(filter:{submittedFrom:\\"x\\"}){totalCount}}"}',{}),
      (b'{"query":"{entries(after:\\"\\u0000\\"){totalCount}}"}',{}),
      (b'{"query":"subscription {x}"}',{}),
      ]:
        r = c.http.post("/graphql", content=body, headers={"content-type":"application/json", **h})
        print(body, r.status_code, r.headers.get("content-type"), r.text[:300])
    print(c.http.get("/graphql", params={"query":"{__typename}"}).text, c.http.get("/graphql", params={"query":"{__typename}"}).status_code)
    print(c.http.post("/graphql", content=b"query={__typename}").text)
    print(c.http.get("/nope").text)
def test_d(both):
    c = both.national
    for v in ["\u0000","\ud800", "x"*100000]:
      for q in ["query($a:ID!){entry(id:$a){id}}", "query($a:ID!){entries(filter:{regions:[$a]}){totalCount}}", "query($a:String){entries(filter:{text:$a}){totalCount}}"]:
        r = c.http.post("/graphql", content=__import__("json").dumps({"query":q,"variables":{"a":v}}))
        print(repr(v[:5]), r.status_code, r.text[:200])
