"""What a teacher has assigned to a group."""

from django.db import models

from review.models import Category


class GroupCategory(models.Model):
    """Members of the group may copy the category's cards."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="+")
    group = models.ForeignKey("accounts.LearnerGroup", models.CASCADE, related_name="+")
    assigned_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "group categories"
        constraints = [
            models.UniqueConstraint(fields=["group", "category"], name="one_category_a_group")
        ]

    def __str__(self) -> str:
        return f"{self.category_id} for {self.group_id}"
