"""How long a page of 50 with native fields of five provinces takes, embedded and through a router, side by side.

Usage: python tests/benchmark/deployments.py KEY EMBEDDED_URL ROUTER_URL — over one database, both already running.
"""

import statistics
import sys
import time

import httpx

PAGE = """{ entries(first: 50, sort: {by: TITLE}) { edges { node { id title stage leadOrganisation { name }
  ... on HebeiEntry { demandCompany expertScore } ... on ShanxiEntry { blindCode } ... on HenanEntry { verificationResult }
  ... on HunanEntry { hostCity } ... on ShaanxiEntry { guidingAuthorities }
} } } }"""
ROUNDS = 60


def milliseconds(client: httpx.Client, url: str) -> float:
    """One page, from question to answer; the answer must be whole."""
    start = time.perf_counter()
    answer = client.post(url, json={"query": PAGE}).json()
    assert "errors" not in answer, answer["errors"]
    return (time.perf_counter() - start) * 1000


def main() -> None:
    key, *urls = sys.argv[1:]
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False) as client:
        for url in urls:
            milliseconds(client, url)
        rounds = [[milliseconds(client, url) for url in urls] for _ in range(ROUNDS)]
    medians = []
    for url, found in zip(urls, zip(*rounds, strict=True), strict=True):
        ordered = sorted(found)
        medians.append(statistics.median(ordered))
        print(f"{url}: median {medians[-1]:.1f} ms, 95 % {ordered[int(ROUNDS * 0.95)]:.1f} ms, {ROUNDS} pages of 50")
    print(f"ratio to the first: {', '.join(f'{each / medians[0]:.1f}' for each in medians[1:])}")


if __name__ == "__main__":
    main()
