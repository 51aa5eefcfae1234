# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value that is encrypted with Ansible's vault, as a playbook with ``!vault`` has it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing import vault

PASSWORD = b"the password of the vault"


def vaulted(text: str, patch: pytest.MonkeyPatch) -> Any:
    """Return an encrypted value that this process can decrypt."""
    secrets = [("default", vault.VaultSecret(PASSWORD))]
    library = vault.VaultLib(secrets)
    encrypted = library.encrypt(text.encode()).decode()
    if hasattr(vault, "EncryptedString"):
        # Not VaultSecretsContext.initialize, which can be called once in a process.
        patch.setattr(vault.VaultSecretsContext, "_current", vault.VaultSecretsContext(secrets))
        return vault.EncryptedString(ciphertext=encrypted)
    from ansible.parsing.yaml import objects

    value = objects.AnsibleVaultEncryptedUnicode(encrypted)
    value.vault = library
    return value
