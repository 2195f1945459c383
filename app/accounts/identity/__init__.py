"""Who somebody is, said by others or twice: identity providers, second factors, what organisations demand of sign-in.

Beside local passwords, never instead of them: an installation without a provider has none of its pages. Knows accounts,
which it belongs to, and nothing above. README.md says how an operator connects a provider.
"""
