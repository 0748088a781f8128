"""Workers of other SDKs, as their users write them, under the supervisor; `make test-foreign` builds them."""
