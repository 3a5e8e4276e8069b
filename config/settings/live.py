"""The channel layer of the live process: Redis' own publish and subscribe, which may lose notes."""

from typing import Any

from config.settings.base import redis_url


def channel_layers(redis: str) -> dict[str, Any]:
    """Return Channels' settings on the Redis server at ``redis``."""
    host = {
        "address": redis_url(redis, "live"),
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
    }
    layer = "channels_redis.pubsub.RedisPubSubChannelLayer"
    return {"default": {"BACKEND": layer, "CONFIG": {"hosts": [host], "prefix": "resee."}}}
