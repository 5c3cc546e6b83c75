"""`python -m onetonne` is `onetonne`."""

from onetonne.cli import main

main()
