"""`python -m gateway.cli`, for those who have no `dexhub` on their path."""

from gateway.cli import main

main()
