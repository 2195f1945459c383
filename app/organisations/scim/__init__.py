"""SCIM 2.0: an agency's own systems say who works there. One token is one agency; nobody else is seen or changed.

The protocol (routes, PATCH, ETag, discovery) is that of scim2-server; here are our tables behind it. See README.md.
"""
