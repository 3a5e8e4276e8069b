"""Addresses of the chat app: one module a resource."""

from django.urls import include, path

urlpatterns = [
    path("conversations/", include("chat.api.conversations")),
]
