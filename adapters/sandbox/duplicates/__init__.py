"""Labelled duplicates and look-alikes: what a duplicate check is fitted on, judged by and measured with.

A *duplicate* breaks a rule of the contest; its kinds are those of `schema.vocabulary.CaseKind`, and a pair may have
several: a project entered again by the same team in another region is SAME_PROJECT and SAME_TEAM. Two teams are the same
when they share at least two people and half of the smaller team; with fewer shared the people are SAME_PERSON. In one
region and one city the same team with another project is TEAM_TWO_PROJECTS. SAME_TEAM needs two regions or two cities.

A *look-alike* is allowed, however alike it looks. How a careful person tells it from a duplicate:

- SAME_ORGANISATION, SIBLING: the object differs (water mains, gas mains), and so do people and pilot sites.
- GENERIC_TITLE: organisation, people, product, sites and figures differ; only the title is the same.
- COMMON_NAME: the shared names are among the country's commonest and the tokens that both give differ.
- SUBSIDIARY: a valid credit code of its own, other people, another object.
- BOILERPLATE: the shared sentences speak of the industry or the country; those about the project differ.
- SHARED_PHONE: one number for all of a firm's people, whose names and ID tokens differ.
- JOINT_AREA: the area's name is shared; object, organisation and people differ.

What a duplicate keeps, at every degree, so that a careful person can still tell: the object and the task (perhaps under
another name), most data sources, modules, pilot sites and figures of the sentences that remain, and either the
organisation (its core name or code, leading or as partner) or people (a token, or several names). A team with another
project is recognised by tokens of two people at least, with the same project perhaps by names alone; a person by one token
and the name, perhaps in traditional characters. *Easy* changes
spelling only, *medium* changes words, *hard* changes title, text, organisation and people together.

Everything is a function of table, seed and number, so a corpus of any size needs time in proportion and little memory.
Three phrase tables share no words but the language's own: A is for fitting, B for judging, C is never seen in either.
Their authors rewrite differently, too: by synonyms, by retelling in another order, by summarising.
"""
