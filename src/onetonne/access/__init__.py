"""Who may do what in a deployment, since when and with which delay: what the AccessManager holds.

    access = read_access(chain, deployment)
    access.members, access.functions
    list(problems(access, named(deployment), shortest=86_400))

Accounts and functions are found by the AccessManager's events. What holds for each is read from its storage,
so that an auditor can have it proved.
"""

from onetonne.access.events import AccessEvents
from onetonne.access.expecting import Named, named, problems, read_roles_file, role_name
from onetonne.access.reading import Access, Function, Member, Pending, RoleRule, read, read_access

__all__ = [
    "Access",
    "AccessEvents",
    "Function",
    "Member",
    "Named",
    "Pending",
    "RoleRule",
    "named",
    "problems",
    "read",
    "read_access",
    "read_roles_file",
    "role_name",
]
