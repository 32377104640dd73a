"""What the wheel holds: `netpol`, and the lab files that come with it. The rest runs from here."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["netpol", "netpol.*"]), "netpol.labs"],
    package_dir={"netpol.labs": "labs"},
    package_data={"netpol": ["py.typed"], "netpol.labs": ["*.yaml"]},
)
