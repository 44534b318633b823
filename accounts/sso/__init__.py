"""Sign-in by a government-services network (政务服务网统一身份认证) with OpenID Connect."""
