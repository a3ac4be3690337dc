"""The console: what a contest office looks at all day.

A page is a GraphQL document (`documents/`) and a Jinja2 template (`templates/`), and nothing else: the document runs in
process under the visitor's own rights, so what a page shows a client can ask, and a link on each page opens its query in
GraphiQL. `pages/` says for each page where it is, who may open it, what of the address becomes which variable, and what the
template needs beyond the answer. An act is a mutation (`page.py`) and a form (`forms.py`): each form carries a token of its
session that serves once, so nothing is done twice and nothing because another site's page asked. What a role may not do is
not offered, and refused all the same by the graph. A session is a row (`sessions.py`): signing out, revoking a key and being
idle end it at once, in every process.

Texts stand where they are shown, as pairs of Chinese and English; a cookie says which is shown first. htmx swaps parts of
pages; without JavaScript every page, link and form works all the same. Nothing is fetched from another host.
"""
