# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutation testing: the unit tests of plugins have to notice every small change of plugins/module_utils.

The changes are those of mutmut. It cannot run them here by itself: it leaves alone what stands outside of functions and
in decorated ones (every declaration, property and context manager), and imports and collects for every mutant anew.
"""
