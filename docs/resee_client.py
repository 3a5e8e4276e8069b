"""A client of Resee's REST API, with a type for every body: needs Python 3.11 and httpx.

Written from openapi.yaml by `manage.py contract`: change that, not this.

    api = Resee("http://127.0.0.1:8000")
    api.log_in("mina@example.com", "a page a day")   # or Resee(..., api_key="resee_...")
    for card in api.reviews_due(limit=20)["cards"]: ...
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

import httpx

_LOG_IN = "/api/v1/auth/app/v1/auth/login"
_REFRESH = "/api/v1/auth/app/v1/tokens/refresh"
File: TypeAlias = tuple[str, bytes]  # its name and what is in it

class Root(TypedDict):
    """Where things are."""

    version: str
    rest: str
    live: str
    schema: str
    docs: str
    sign_up: str
    log_in: str
    refresh: str
    me: str


class PaginatedArchiveList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Archive]


class Archive(TypedDict):
    """Everything of yours in one zip, on its way out or in; see its README inside."""

    id: str
    kind: ArchiveKindEnum
    job: str
    state: StateEnum
    percent: int
    byte_count: int
    counts: dict[str, Any]
    is_there: bool
    created_at: str


class ArchiveFileRequest(TypedDict):
    """An archive that an export has made."""

    file: File


class Erasure(TypedDict):
    """When nothing will be left, save in backups, which end later by themselves."""

    requested_at: str
    due_at: str
    backups_end_at: str | None


class EraseRequest(TypedDict):
    """The confirmation."""

    email: str


class PaginatedApiKeyList(TypedDict):
    next: str | None
    previous: str | None
    results: list[ApiKey]


class ApiKeyRequest(TypedDict):
    """A key; ``prefix`` is how it begins."""

    name: str
    scopes: list[ScopesEnum]
    expires_at: NotRequired[str | None]


class NewApiKey(TypedDict):
    """A key just made."""

    id: str
    name: str
    scopes: list[ScopesEnum]
    expires_at: NotRequired[str | None]
    prefix: str
    last_used_at: str | None
    created_at: str
    key: str


class PaginatedAttemptList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Attempt]


class AttemptWithAnswers(TypedDict):
    """An attempt; once it is over with its answers, and the reviews these propose."""

    id: str
    exam: str
    state: AttemptStateEnum
    started_at: str
    closes_at: str
    ended_at: str | None
    answer_count: int
    question: ExamQuestion | None
    result: AttemptResult | None
    answers: list[GradedAnswer]
    proposed_reviews: list[ProposedReview]


class ExamAnswerRequest(TypedDict):
    """One answer; ``id`` makes a repeated request harmless, for ever. Empty: I don't know."""

    question: str
    options: NotRequired[list[ExamOptionKeyEnum]]
    text: NotRequired[str]
    id: NotRequired[str]


class Attempt(TypedDict):
    """An attempt: a question while it is open, a result when it is over."""

    id: str
    exam: str
    state: AttemptStateEnum
    started_at: str
    closes_at: str
    ended_at: str | None
    answer_count: int
    question: ExamQuestion | None
    result: AttemptResult | None


class AppealRequest(TypedDict):
    """Why a verdict is wrong."""

    text: str


class ShownAppeal(TypedDict):
    """An appeal; a person decides."""

    id: str
    state: AppealStateEnum
    created_at: str


class ConfirmRequest(TypedDict):
    """Cards of the proposed reviews."""

    contents: list[str]


class ConfirmedReview(TypedDict):
    """What became of a card; ``code`` says why nothing was recorded."""

    content: str
    is_recorded: bool
    code: str
    due_at: str | None


class Category(TypedDict):
    """A category; ``parent`` is the one it stands below, null at the top."""

    id: str
    name: str
    parent: NotRequired[str | None]
    created_at: str


class CategoryRequest(TypedDict):
    """A category; ``parent`` is the one it stands below, null at the top."""

    name: str
    parent: NotRequired[str | None]


class PatchedCategoryRequest(TypedDict):
    """A category; ``parent`` is the one it stands below, null at the top."""

    name: NotRequired[str]
    parent: NotRequired[str | None]


class CategoryPlan(TypedDict):
    """Caps and an exam; null: none."""

    reviews_a_day: int | None
    new_a_day: int | None
    exam_on: str | None
    exam_retention: float


class PatchedCategoryPlanRequest(TypedDict):
    """Caps and an exam; null: none."""

    reviews_a_day: NotRequired[int | None]
    new_a_day: NotRequired[int | None]
    exam_on: NotRequired[str | None]
    exam_retention: NotRequired[float]


class ChosenScheduling(TypedDict):
    """What decides intervals, and whose choice it is."""

    desired_retention: float
    learning_steps_seconds: list[int]
    relearning_steps_seconds: list[int]
    maximum_interval_days: int
    is_fuzzed: bool
    leech_threshold: int
    leech_action: LeechActionEnum
    weights: list[float]
    source: ChosenSchedulingSourceEnum


class PatchedSchedulingRequest(TypedDict):
    """What decides intervals from the next answer on; what was decided before stays."""

    desired_retention: NotRequired[float]
    learning_steps_seconds: NotRequired[list[int]]
    relearning_steps_seconds: NotRequired[list[int]]
    maximum_interval_days: NotRequired[int]
    is_fuzzed: NotRequired[bool]
    leech_threshold: NotRequired[int]
    leech_action: NotRequired[LeechActionEnum]
    weights: NotRequired[list[float]]


class PaginatedAnalysisList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Analysis]


class BatchRequest(TypedDict):
    """Questions, each answered by itself."""

    texts: list[str]


class ShownBatch(TypedDict):
    """How far a batch is."""

    id: str
    created_at: str
    done_count: int
    percent: int
    items: list[BatchItem]


class Plan(TypedDict):
    """What to do today; computed, and only put into words by a model."""

    words: list[PlannedWord]
    due_count: int
    grammar: str
    advice: str
    answered_by: str


class PaginatedContentList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Content]


class NewContentRequest(TypedDict):
    """A card to add."""

    front: str
    back: NotRequired[str]
    gloss: NotRequired[str]
    example: NotRequired[str]
    tags: NotRequired[list[str]]
    category: str


class Content(TypedDict):
    """A content with its schedule; ``stage`` is ``draft`` while it has no answer."""

    id: str
    category: str
    front: str
    back: str
    gloss: str
    example: str
    tags: list[str]
    source: dict[str, Any]
    stage: ContentStageEnum
    due_at: str | None
    archived_at: str | None
    created_at: str
    updated_at: str


class PatchedContentChangesRequest(TypedDict):
    """What a learner writes on a card."""

    front: NotRequired[str]
    back: NotRequired[str]
    gloss: NotRequired[str]
    example: NotRequired[str]
    tags: NotRequired[list[str]]


class SiblingsRequest(TypedDict):
    """Which cards are meant."""

    siblings: NotRequired[bool]


class CardCount(TypedDict):
    """How many cards that changed."""

    card_count: int


class OtherContentRequest(TypedDict):
    """The card that goes."""

    content: str


class PlaceRequest(TypedDict):
    """Where a content belongs."""

    category: str


class RecordedReview(TypedDict):
    """The answer as it was recorded, and the card's new schedule."""

    id: str
    content: str
    schedule: Schedule
    next_intervals: Intervals


class NewContentsRequest(TypedDict):
    """Cards to add in one call, all or none."""

    contents: list[NewContentRequest]


class Duplicate(TypedDict):
    """Two cards that may be one."""

    similarity: float
    cards: list[DuplicateCard]


class PaginatedConversationList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Conversation]


class ConversationRequest(TypedDict):
    """A conversation; ``event_count`` is the number of its last event, to follow it from."""

    title: NotRequired[str]


class Conversation(TypedDict):
    """A conversation; ``event_count`` is the number of its last event, to follow it from."""

    id: str
    title: NotRequired[str]
    message_count: int
    event_count: int
    created_at: str
    said_at: str


class PatchedConversationRequest(TypedDict):
    """A conversation; ``event_count`` is the number of its last event, to follow it from."""

    title: NotRequired[str]


class ChatMessage(TypedDict):
    """A message of the learner's or the tutor's; a reply's text is whole when it has ended."""

    id: str
    position: int
    role: RoleEnum
    intent: str
    state: MessageStateEnum
    text: str
    extras: dict[str, Any]
    answered_by: str
    is_cached: bool
    code: str
    level: str
    place: int
    created_at: str
    ended_at: str | None


class SayRequest(TypedDict):
    """What a learner says; ``id`` makes a repeated request harmless, for ever."""

    text: str
    id: NotRequired[str]
    intent: NotRequired[IntentEnum | BlankEnum]


class CardOfMessageRequest(TypedDict):
    """Where the card goes."""

    category: NotRequired[str | None]


class MadeCardOfMessage(TypedDict):
    """The card of a correction."""

    content: str
    front: str
    is_new: bool


class Device(TypedDict):
    """One log-in; ``is_current`` marks the one that asks."""

    id: str
    user_agent: str
    ip: str | None
    created_at: str
    last_used_at: str
    is_current: bool


class PaginatedExamList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Exam]


class ExamWishRequest(TypedDict):
    """What an exam is to be made of; conditions add up."""

    size: NotRequired[int]
    minutes: NotRequired[int]
    choice: NotRequired[ChoiceEnum]
    category: NotRequired[str | None]
    tags: NotRequired[list[str]]
    kinds: NotRequired[list[QuestionKindEnum]]
    with_model: NotRequired[bool]


class Exam(TypedDict):
    """An exam; its questions are seen one after another in an attempt."""

    id: str
    created_at: str
    week_on: str | None
    minutes: int
    question_count: int
    count_by_kind: dict[str, Any]
    job: str | None


class ReportRequest(TypedDict):
    """What is wrong with a question."""

    text: NotRequired[str]


class Reported(TypedDict):
    """A question that counts no more."""

    id: str
    withdrawn_at: str | None


class ExamPlan(TypedDict):
    """The weekly exam; ``exam`` is this week's."""

    size: NotRequired[int]
    minutes: NotRequired[int]
    choice: NotRequired[ChoiceEnum]
    category: NotRequired[str | None]
    tags: NotRequired[list[str]]
    kinds: NotRequired[list[QuestionKindEnum]]
    with_model: NotRequired[bool]
    exam: str | None


class Export(TypedDict):
    """A package on its way."""

    id: str
    job: str
    state: StateEnum
    stage: str
    percent: int
    byte_count: int
    is_there: bool
    created_at: str


class SelectionRequest(TypedDict):
    """What to take along: all, a category with those below it, or some contents."""

    category: NotRequired[str]
    content: NotRequired[list[str]]


class Groups(TypedDict):
    """Your groups."""

    taught: list[Group]
    joined: list[JoinedGroup]


class GroupRequest(TypedDict):
    """A teacher's group."""

    name: str


class Group(TypedDict):
    """A teacher's group."""

    id: str
    name: str
    created_at: str


class People(TypedDict):
    """Who is in your group, and who was invited."""

    members: list[Member]
    invitations: list[Invited]


class AssignedCategory(TypedDict):
    """A category of the teacher's that members may copy."""

    category: str
    name: str
    card_count: int


class AssignedCategoryRequest(TypedDict):
    """A category of the teacher's that members may copy."""

    category: str


class Copied(TypedDict):
    """What was copied: cards you have already are left out."""

    category: str
    new_count: int
    known_count: int


class SharedExam(TypedDict):
    """An exam that members may take."""

    exam: str
    size: int
    minutes: int
    shared_at: str


class SharedExamRequest(TypedDict):
    """An exam that members may take."""

    exam: str


class GroupResult(TypedDict):
    """What a member who agreed has scored in one attempt."""

    member: str
    name: str
    points: float | None
    question_count: int | None
    ended_at: str


class TakenExam(TypedDict):
    """Your own copy: begin an attempt at it."""

    exam: str


class InvitedRequest(TypedDict):
    """An address you have invited."""

    email: str


class Invited(TypedDict):
    """An address you have invited."""

    id: str
    email: str
    created_at: str


class PatchedConsentRequest(TypedDict):
    """Whether the teacher may see how many reviews you do, your level and exam results."""

    shows_progress: NotRequired[bool]


class Consent(TypedDict):
    """Whether the teacher may see how many reviews you do, your level and exam results."""

    shows_progress: bool


class MemberProgress(TypedDict):
    """What a member who agreed did in 30 days, as of the last refresh."""

    member: str
    name: str
    level: str
    review_count: int
    success_rate: float | None
    active_days: int


class PaginatedImportList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Import]


class Import(TypedDict):
    """An import: how far it is, and what was new, updated, unchanged or refused so far. ``report`` counts notes, cards, reviews and media; ``problems`` are the first hundred things that are left out or not as they were, ``problem_counts`` all by their reasons."""

    id: str
    kind: ImportKindEnum
    state: StateEnum
    stage: str
    percent: int
    error: ImportError | None
    file_name: str
    byte_count: int
    dry_run: bool
    report: dict[str, Any]
    created_at: str
    finished_at: str | None


class PackageRequest(TypedDict):
    """An .apkg or .colpkg of any Anki, 512 MB at most."""

    file: File
    dry_run: NotRequired[bool]


class MappedTableRequest(TypedDict):
    """A table, and which column (from 0) is what."""

    file: File
    encoding: NotRequired[str]
    separator: NotRequired[SeparatorEnum | NullEnum]
    category: str
    mapping: NotRequired[dict[str, Any]]
    dry_run: NotRequired[bool]


class TableReport(TypedDict):
    """What became of the rows."""

    new: int
    unchanged: int
    refused: int
    problems: list[RowProblem]


class TableRequest(TypedDict):
    """CSV, TSV, Anki's or Quizlet's text, or lines of JSON: 10,000 rows and 10 MB at most."""

    file: File
    encoding: NotRequired[str]
    separator: NotRequired[SeparatorEnum | NullEnum]


class Preview(TypedDict):
    """A table as it was made out."""

    encoding: str
    separator: str
    columns: list[str]
    mapping: dict[str, Any]
    is_html: bool
    row_count: int
    rows: list[list[str]]


class PaginatedJobList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Job]


class Job(TypedDict):
    """A job; it always ends, as succeeded or failed. ``kind`` names the work; ``stage`` says in words what is being done now. ``error`` of a job that has not ended is that of a try to be repeated. The shape of ``result`` is the kind's own."""

    id: str
    kind: str
    state: StateEnum
    stage: str
    percent: int
    attempts: int
    result: dict[str, Any]
    error: JobError | None
    created_at: str
    finished_at: str | None


class PaginatedLevelTestList(TypedDict):
    next: str | None
    previous: str | None
    results: list[LevelTest]


class LevelTest(TypedDict):
    """A level test: a question while it is open, a result when it is finished."""

    id: str
    state: LevelTestStateEnum
    started_at: str
    closes_at: str
    ended_at: str | None
    answer_count: int
    answer_count_max: int
    question: LevelQuestion | None
    result: LevelResult | None


class LevelTestWithItems(TypedDict):
    """A level test, with its items once it is finished."""

    id: str
    state: LevelTestStateEnum
    started_at: str
    closes_at: str
    ended_at: str | None
    answer_count: int
    answer_count_max: int
    question: LevelQuestion | None
    result: LevelResult | None
    items: list[AnsweredItem]


class LevelAnswerRequest(TypedDict):
    """One answer; ``id`` makes a repeated request harmless, for ever."""

    question: str
    option: OptionKeyEnum | NullEnum
    id: NotRequired[str]


class TextRequest(TypedDict):
    """A text to be graded; one without English words, or too long, is refused with 422."""

    text: str


class TextLevel(TypedDict):
    """How hard the text is to read: not how well its author writes."""

    level: LevelEnum
    probabilities: Probabilities
    by: ByEnum


class Profile(TypedDict):
    """A learner's own page."""

    id: str
    email: str
    name: str
    native_language: str
    target_language: str
    time_zone: str
    rollover_hour: int
    daily_goal: int
    reminder_hour: int | None
    desired_retention: float
    level: str
    level_measured_at: str | None
    joined_at: str


class PatchedProfileChangesRequest(TypedDict):
    """What a learner may change; every field may be left out."""

    name: NotRequired[str]
    native_language: NotRequired[str]
    target_language: NotRequired[str]
    time_zone: NotRequired[str]
    rollover_hour: NotRequired[int]
    daily_goal: NotRequired[int]
    reminder_hour: NotRequired[int | None]
    desired_retention: NotRequired[float]


class Avatar(TypedDict):
    """Your picture: the sizes that can be read, in pixels, and how its making stands."""

    sizes: list[int]
    job: str | None
    uploaded_at: str


class PictureRequest(TypedDict):
    """A JPEG, PNG, WebP or GIF of 10 MB at most; the middle square is taken."""

    file: File


class Invitation(TypedDict):
    """A teacher invites you."""

    id: str
    group: str
    teacher: str
    created_at: str


class ConsentRequest(TypedDict):
    """Whether the teacher may see how many reviews you do, your level and exam results."""

    shows_progress: bool


class Notifications(TypedDict):
    """Which mails you want besides those of the sign-in."""

    is_reminded: NotRequired[bool]
    has_weekly_report: NotRequired[bool]


class PatchedNotificationsRequest(TypedDict):
    """Which mails you want besides those of the sign-in."""

    is_reminded: NotRequired[bool]
    has_weekly_report: NotRequired[bool]


class Rewards(TypedDict):
    """What you have earned; it follows your reviews within seconds."""

    xp: int
    character: Character
    streak: Streak
    missions: list[Mission]
    achievements: list[Achievement]


class PaginatedRewardEntryList(TypedDict):
    next: str | None
    previous: str | None
    results: list[RewardEntry]


class Summary(TypedDict):
    """Today against the daily goal, what is due, days in a row, the last twelve weeks."""

    today: str
    reviewed_today: int
    daily_goal: int
    is_goal_reached: bool
    due_now: int
    due_today: int
    streak_days: int
    card_count: int
    reviews_30_days: int
    success_rate_30_days: float | None
    active_days: int
    days: list[SummaryDay]


class Fact(TypedDict):
    """One thing that is remembered."""

    id: str
    kind: FactKindEnum
    text: str
    count: int
    is_own: bool
    created_at: str
    seen_at: str


class NewFactRequest(TypedDict):
    """What is to be remembered."""

    kind: NotRequired[FactKindEnum]
    text: str


class Forgotten(TypedDict):
    """How much was deleted."""

    count: int


class PatchedFactTextRequest(TypedDict):
    """How it is put."""

    text: NotRequired[str]


class UploadRequest(TypedDict):
    """JPEG, PNG, WebP or TIFF of 40 million pixels, or PDF; 50 pages and 20 MB at most."""

    file: File
    language: NotRequired[LanguageEnum]
    confidence_threshold: NotRequired[float]
    use_angle_cls: NotRequired[bool]
    mode: NotRequired[ModeEnum]
    rotate: NotRequired[RotateEnum]
    crop: NotRequired[str]


class Accepted(TypedDict):
    """An upload that was accepted: ask ``links.self`` how far it is, or listen at ``events``."""

    id: str
    state: StateEnum
    links: Links


class ScanDetail(TypedDict):
    """A scan with what was read on it; ``pages`` and ``words`` grow page by page."""

    id: str
    state: StateEnum
    stage: str
    percent: int
    error: Error | None
    file_name: str
    media_type: str
    byte_count: int
    has_original: bool
    language: str
    confidence_threshold: float
    use_angle_cls: bool
    mode: ModeEnum
    rotate: int
    crop: str
    page_count: int
    created_at: str
    finished_at: str | None
    pages: list[Page]
    words: list[ScannedWord]


class ShownPlan(TypedDict):
    """The wishes, and what comes of them."""

    reviews_a_day: int | None
    new_a_day: int | None
    exam_on: str | None
    exam_retention: float
    is_levelled: bool
    is_optimised: bool
    day_shares: list[float]
    away_from: str | None
    away_until: str | None
    planned_at: str | None
    due_count: int
    deferred_count: int
    exams: list[PlannedExam]


class PatchedPlanRequest(TypedDict):
    """Wishes for all of the learner's days."""

    reviews_a_day: NotRequired[int | None]
    new_a_day: NotRequired[int | None]
    exam_on: NotRequired[str | None]
    exam_retention: NotRequired[float]
    is_levelled: NotRequired[bool]
    is_optimised: NotRequired[bool]
    day_shares: NotRequired[list[float]]
    away_from: NotRequired[str | None]
    away_until: NotRequired[str | None]


class DeferredCard(TypedDict):
    """A card that is due and was put off."""

    id: str
    front: str
    due_at: str
    planned_at: str


class AnswerRequest(TypedDict):
    """One answer; ``id`` makes a repeated request harmless, for ever."""

    content: str
    rating: int
    taken_ms: NotRequired[int]
    reviewed_at: NotRequired[str]
    id: NotRequired[str]


class RecordedAnswer(TypedDict):
    """An answer's outcome."""

    id: str
    content: str
    schedule: Schedule
    next_intervals: Intervals
    result: ResultEnum


class BatchRequestRequest(TypedDict):
    """As documented; each answer is checked on its own."""

    reviews: list[OfflineAnswerRequest]
    time_zone: NotRequired[str]


class Results(TypedDict):
    """A result for each answer, in the order they were sent."""

    results: list[Result]


class Due(TypedDict):
    """The cards due now, oldest first, and how many there are in all."""

    due_count: int
    cards: list[DueCard]


class PaginatedScanList(TypedDict):
    next: str | None
    previous: str | None
    results: list[Scan]


class CardsToMakeRequest(TypedDict):
    """Either the chosen words, or all that are harder than a level."""

    words: NotRequired[list[ChosenWordRequest]]
    above_level: NotRequired[LevelEnum]
    not_in_collection: NotRequired[bool]
    category: NotRequired[str]
    tags: NotRequired[list[str]]


class MadeCards(TypedDict):
    """What became of the selected words."""

    created: list[MadeCard]
    drafts: list[MadeCard]
    skipped: list[SkippedWord]


class ScanText(TypedDict):
    """The text of a scan's pages that are read."""

    id: str
    pages: list[PageText]


class Optimisation(TypedDict):
    """One try: weights are fitted to earlier answers and judged by the later ones."""

    created_at: str
    is_kept: bool
    fitted_count: int
    held_out_count: int
    log_loss_before: float | None
    log_loss_after: float | None
    log_loss_default: float | None
    recommended_retention: float
    costs: list[Cost]

SpeechWishRequest: TypeAlias = "SpeechOfTextRequest | SpeechOfContentRequest"


class Speech(TypedDict):
    """What is read aloud: ``audio`` is where, once it is spoken; until then ``job`` is at it."""

    id: str
    is_spoken: bool
    audio: str | None
    job: str | None


class Activity(TypedDict):
    """Days without gaps, oldest first, today last."""

    days: list[ActivityDay]


class Answers(TypedDict):
    """What HARD stands for in the learner's answers, a day or more after the ones before."""

    verdict: AnswersVerdictEnum
    explanation: str
    answer_count: int
    again_count: int
    hard_count: int
    expected_forgotten: float
    hard_after_hard: float
    hard_after_else: float


class CategoryStatistics(TypedDict):
    """A category's own cards and reviews, without those of categories below it."""

    id: str
    name: str
    parent: str | None
    card_count: int
    due_count: int
    last_30_days: ReviewSums
    all_time: ReviewSums


class Chart(TypedDict):
    """A chart's data: bins, cards, classes or days, and what sums them up."""

    bins: NotRequired[list[dict[str, Any]]]
    cards: NotRequired[list[dict[str, Any]]]
    classes: NotRequired[list[dict[str, Any]]]
    days: NotRequired[list[dict[str, Any]]]


class Dashboard(TypedDict):
    """What is due and what was done; days are the learner's own."""

    today: str
    due_now: int
    due_today: int
    overdue: int
    cards: CardsByStage
    reviewed_today: ReviewSums
    last_30_days: ReviewSums
    streak_days: int


class Hours(TypedDict):
    """The 24 hours, all time."""

    hours: list[Hour]


class Retention(TypedDict):
    """Learning first, then by interval, shortest first; all time."""

    classes: list[RetentionClass]


class ConfigurationResponse(TypedDict):
    data: dict[str, Any]
    status: StatusOK

Login: TypeAlias = "dict[str, Any]"


class AuthenticatedResponse(TypedDict):
    status: StatusOK
    data: Authenticated
    meta: AuthenticationMeta

Signup: TypeAlias = "dict[str, Any]"


class EmailVerificationInfo(TypedDict):
    status: StatusOK
    data: dict[str, Any]
    meta: dict[str, Any]


class VerifyEmail(TypedDict):
    key: str


class Reauthenticate(TypedDict):
    password: Password


class RequestPassword(TypedDict):
    email: Email


class ResetPassword(TypedDict):
    key: str
    password: Password


class ProviderToken(TypedDict):
    provider: ProviderID
    process: Process
    token: dict[str, Any]

ProviderSignup: TypeAlias = "BaseSignup"


class MFAAuthenticate(TypedDict):
    code: AuthenticatorCode


class ConfirmLoginCode(TypedDict):
    code: Code

ArchiveKindEnum: TypeAlias = "Literal['export', 'import']"

StateEnum: TypeAlias = "Literal['queued', 'running', 'succeeded', 'failed']"


class ApiKey(TypedDict):
    """A key; ``prefix`` is how it begins."""

    id: str
    name: str
    scopes: list[ScopesEnum]
    expires_at: NotRequired[str | None]
    prefix: str
    last_used_at: str | None
    created_at: str

ScopesEnum: TypeAlias = "Literal['attempts:read', 'attempts:write', 'categories:read', 'categories:write', 'chat:read', 'chat:write', 'contents:read', 'contents:write', 'conversations:read', 'conversations:write', 'exams:read', 'exams:write', 'exports:read', 'exports:write', 'groups:read', 'groups:write', 'imports:read', 'imports:write', 'jobs:read', 'jobs:write', 'level-tests:read', 'level-tests:write', 'levels:read', 'levels:write', 'me:read', 'me:write', 'media:read', 'media:write', 'memory:read', 'memory:write', 'ocr:read', 'ocr:write', 'plan:read', 'plan:write', 'reviews:read', 'reviews:write', 'scans:read', 'scans:write', 'scheduling:read', 'scheduling:write', 'speech:read', 'speech:write', 'statistics:read', 'statistics:write']"

AttemptStateEnum: TypeAlias = "Literal['open', 'finished']"


class ExamQuestion(TypedDict):
    """What is asked. Cloze: the gap ___; multiple choice, typing: the word of this meaning. Listening: the word that is heard, or lacks in the stem."""

    id: str
    position: int
    kind: QuestionKindEnum
    answer_with: AnswerWithEnum
    stem: str
    hint: str
    prompts: list[str]
    options: list[ExamOption]
    audio: str | None


class AttemptResult(TypedDict):
    """What came of it so far."""

    points: float
    question_count: int
    ungraded_count: int
    score: float | None


class GradedAnswer(TypedDict):
    """An answer and what was said of it; ``graded_by`` model or keywords: a machine's opinion."""

    id: str
    question: ExamQuestion
    is_withdrawn: bool
    options: list[ExamOptionKeyEnum]
    text: str
    right_options: list[ExamOptionKeyEnum]
    right_text: str
    verdict: GradedAnswerVerdictEnum
    points: float | None
    graded_by: GradedByEnum | NullEnum
    is_uncertain: bool
    feedback: str
    appeal: AppealStateEnum | NullEnum
    taken_ms: int
    source: GradedAnswerSourceEnum


class ProposedReview(TypedDict):
    """A review that is recorded if you confirm it."""

    content: str
    front: str
    rating: RatingEnum
    answered_at: str

ExamOptionKeyEnum: TypeAlias = "Literal['a', 'b', 'c', 'd', 'e', 'f']"

AppealStateEnum: TypeAlias = "Literal['open', 'accepted', 'rejected']"

LeechActionEnum: TypeAlias = "Literal['mark', 'suspend']"

ChosenSchedulingSourceEnum: TypeAlias = "Literal['category', 'category_above', 'learner', 'default']"


class Analysis(TypedDict):
    """A full look at what you said, after every hundredth message."""

    id: str
    message_count: int
    created_at: str
    report: dict[str, Any]


class BatchItem(TypedDict):
    """One question and its answer."""

    position: int
    text: str
    state: BatchItemStateEnum
    answer: str
    answered_by: str
    code: str


class PlannedWord(TypedDict):
    """A word to practise."""

    content: str
    front: str
    is_due: bool

ContentStageEnum: TypeAlias = "Literal['draft', 'new', 'learning', 'review', 'relearning']"


class Schedule(TypedDict):
    """When a card comes back, and what is known of the memory of it."""

    stage: StageEnum
    due_at: str
    stability: float | None
    difficulty: float | None
    reps: int
    lapses: int


class Intervals(TypedDict):
    """What each of the four ratings would lead to."""

    again: Interval
    hard: Interval
    good: Interval
    easy: Interval


class DuplicateCard(TypedDict):
    """One of two cards that may be one."""

    id: str
    front: str
    back: str
    gloss: str
    category: str

RoleEnum: TypeAlias = "Literal['learner', 'tutor']"

MessageStateEnum: TypeAlias = "Literal['waiting', 'writing', 'done', 'cancelled', 'cut']"

IntentEnum: TypeAlias = "Literal['chat', 'correction', 'vocabulary', 'level_test', 'exam']"

BlankEnum: TypeAlias = "Literal['']"

ChoiceEnum: TypeAlias = "Literal['due', 'weak', 'recent', 'all']"

QuestionKindEnum: TypeAlias = "Literal['cloze', 'multiple_choice', 'matching', 'typing', 'open', 'listening']"


class JoinedGroup(TypedDict):
    """A group you have joined, and whether its teacher may see your progress."""

    id: str
    name: str
    created_at: str
    teacher: str
    shows_progress: bool


class Member(TypedDict):
    """Somebody in your group."""

    id: str
    name: str
    shows_progress: bool
    joined_at: str

ImportKindEnum: TypeAlias = "Literal['anki', 'table']"


class ImportError(TypedDict):
    """Why an import failed."""

    code: str
    detail: str

SeparatorEnum: TypeAlias = "Literal['colon', 'comma', 'pipe', 'semicolon', 'space', 'tab']"

NullEnum: TypeAlias = "None"


class RowProblem(TypedDict):
    """A row that was not stored, and why."""

    line: int
    field: str
    reason: str


class JobError(TypedDict):
    """Why a job failed, or why its last try did."""

    code: str
    detail: str

LevelTestStateEnum: TypeAlias = "Literal['open', 'finished', 'unfinished']"


class LevelQuestion(TypedDict):
    """What is asked now."""

    id: str
    position: int
    kind: LevelItemKindEnum
    passage: str
    stem: str
    options: list[Option]


class LevelResult(TypedDict):
    """What a finished test found."""

    level: LevelEnum
    probability: float
    probabilities: LevelProbabilities
    ability: float
    standard_error: float


class AnsweredItem(TypedDict):
    """What was asked and answered."""

    position: int
    level: LevelEnum
    kind: LevelItemKindEnum
    passage: str
    stem: str
    options: list[Option]
    option: OptionKeyEnum | NullEnum
    right_option: OptionKeyEnum
    is_right: bool
    taken_ms: int

OptionKeyEnum: TypeAlias = "Literal['a', 'b', 'c', 'd']"

LevelEnum: TypeAlias = "Literal['A1', 'A2', 'B1', 'B2', 'C1', 'C2']"


class Probabilities(TypedDict):
    """The probability of each level; together 1."""

    A1: float
    A2: float
    B1: float
    B2: float
    C1: float
    C2: float

ByEnum: TypeAlias = "Literal['classifier', 'lexical']"


class Character(TypedDict):
    """It grows with XP: seed, sprout, sapling, tree, forest."""

    stage: str
    level: int
    level_begins_at_xp: int
    next_level_at_xp: int


class Streak(TypedDict):
    """Days in a row; each seven earn a freeze, which a missed day takes instead of the streak."""

    days: int
    freezes: int
    best: int


class Mission(TypedDict):
    """Something to do in your day or week."""

    code: str
    period: str
    done: int
    wanted: int
    xp: int
    is_complete: bool


class Achievement(TypedDict):
    """Something you have done for ever."""

    code: str
    xp: int
    earned_at: str


class RewardEntry(TypedDict):
    """One entry of the ledger; ``key`` says for what."""

    key: str
    kind: RewardEntryKindEnum
    xp: int
    local_day: NotRequired[str | None]
    occurred_at: str


class SummaryDay(TypedDict):
    """One of the learner's own days."""

    day: str
    review_count: int

FactKindEnum: TypeAlias = "Literal['weak_word', 'mistake', 'level', 'interest']"

LanguageEnum: TypeAlias = "Literal['auto', 'english', 'korean', 'chinese', 'japanese']"

ModeEnum: TypeAlias = "Literal['text', 'highlight']"

RotateEnum: TypeAlias = "Literal[0, 90, 180, 270]"


class Links(TypedDict):
    """Where to go on."""

    self: str
    cards: str
    events: str


class Error(TypedDict):
    """Why a scan failed, or why its last try did."""

    code: str
    detail: str


class Page(TypedDict):
    """A page that was read, or with an ``error`` one that cannot be."""

    number: int
    width: int
    height: int
    full_text: str
    engine_version: str
    read_ms: int
    quarter_turns: int
    error: Error | None
    lines: list[Line]


class ScannedWord(TypedDict):
    """A word of the scan by its lemma; ``frequency`` on the Zipf scale (0-8). ``sentence``, ``page`` and ``line`` say where it stands first."""

    id: str
    lemma: str
    forms: list[str]
    occurrence_count: int
    level: str
    frequency: float
    sentence: str
    page: int
    line: int
    in_collection: bool
    gloss_suggestions: list[str]


class PlannedExam(TypedDict):
    """An exam to come, and what it will find."""

    category: str | None
    exam_on: str
    target: float
    predicted_recall: float | None
    card_count: int
    new_count: int
    new_a_day_needed: int

ResultEnum: TypeAlias = "Literal['forgot', 'partial', 'remembered']"


class OfflineAnswerRequest(TypedDict):
    """One answer given offline: its moment and the client's id are known."""

    content: str
    rating: int
    taken_ms: NotRequired[int]
    reviewed_at: str
    id: str


class Result(TypedDict):
    """What came of one answer: ``review`` when it is recorded, ``problem`` when it is not."""

    status: int
    review: NotRequired[OfflineReview]
    problem: NotRequired[Problem]


class DueCard(TypedDict):
    """A card to review now."""

    id: str
    category: str
    front: str
    back: str
    gloss: str
    example: str
    tags: list[str]
    source: dict[str, Any]
    stage: StageEnum
    due_at: str
    reps: int
    lapses: int
    retrievability: float | None
    next_intervals: Intervals


class Scan(TypedDict):
    """A scan; ``stage`` says in words what is being done now."""

    id: str
    state: StateEnum
    stage: str
    percent: int
    error: Error | None
    file_name: str
    media_type: str
    byte_count: int
    has_original: bool
    language: str
    confidence_threshold: float
    use_angle_cls: bool
    mode: ModeEnum
    rotate: int
    crop: str
    page_count: int
    created_at: str
    finished_at: str | None


class ChosenWordRequest(TypedDict):
    """A word of the scan; what is typed here goes before what the dictionary says."""

    id: str
    gloss: NotRequired[str]
    back: NotRequired[str]
    category: NotRequired[str]


class MadeCard(TypedDict):
    """A card as it was made."""

    id: str
    category: str
    front: str
    back: str
    gloss: str
    example: str


class SkippedWord(TypedDict):
    """A word you have a card for already."""

    id: str
    lemma: str


class PageText(TypedDict):
    """The text of a page, its paragraphs apart."""

    number: int
    text: str


class Cost(TypedDict):
    """What a desired retention costs and is worth: of 1,000 new cards, in a year."""

    retention: float
    reviews_a_day: float
    minutes_a_day: float
    recalled: float


class SpeechOfTextRequest(TypedDict):
    """A text to read aloud."""

    voice: NotRequired[VoiceEnum]
    speed: NotRequired[SpeedEnum]
    text: str


class SpeechOfContentRequest(TypedDict):
    """A content of the learner's to read aloud."""

    voice: NotRequired[VoiceEnum]
    speed: NotRequired[SpeedEnum]
    content: str


class ActivityDay(TypedDict):
    """One of the learner's own days."""

    review_count: int
    forgot: int
    partial: int
    remembered: int
    success_rate: float | None
    taken_ms: int
    day: str

AnswersVerdictEnum: TypeAlias = "Literal['too_few', 'fine', 'misused']"


class ReviewSums(TypedDict):
    """Reviews added up; those undone do not count."""

    review_count: int
    forgot: int
    partial: int
    remembered: int
    success_rate: float | None
    taken_ms: int


class CardsByStage(TypedDict):
    """Cards that are not archived; suspended ones count in their stage too."""

    new: int
    learning: int
    review: int
    relearning: int
    suspended: int


class Hour(TypedDict):
    """One hour of the learner's own clock."""

    review_count: int
    forgot: int
    partial: int
    remembered: int
    success_rate: float | None
    taken_ms: int
    hour: int


class RetentionClass(TypedDict):
    """Reviews of cards that had been scheduled for so many days; without bounds: in learning."""

    review_count: int
    forgot: int
    partial: int
    remembered: int
    success_rate: float | None
    taken_ms: int
    from_days: int | None
    below_days: int | None
    buttons: Buttons

StatusOK: TypeAlias = "Literal[200]"


class Authenticated(TypedDict):
    user: User
    methods: list[AuthenticationMethod]

AuthenticationMeta: TypeAlias = "dict[str, Any]"

Password: TypeAlias = "str"

Email: TypeAlias = "str"

ProviderID: TypeAlias = "str"

Process: TypeAlias = "Literal['login', 'connect']"


class BaseSignup(TypedDict):
    email: Email
    native_language: NotRequired[str]
    time_zone: NotRequired[str]

AuthenticatorCode: TypeAlias = "str"

Code: TypeAlias = "str"

AnswerWithEnum: TypeAlias = "Literal['option', 'options', 'text']"


class ExamOption(TypedDict):
    """One of the options."""

    key: ExamOptionKeyEnum
    text: str

GradedAnswerVerdictEnum: TypeAlias = "Literal['right', 'typo', 'form', 'partial', 'wrong', 'skipped', 'not_graded_yet']"

GradedByEnum: TypeAlias = "Literal['rules', 'keywords', 'model', 'staff']"

GradedAnswerSourceEnum: TypeAlias = "Literal['template', 'model']"

RatingEnum: TypeAlias = "Literal['again']"

BatchItemStateEnum: TypeAlias = "Literal['waiting', 'writing', 'done']"

StageEnum: TypeAlias = "Literal['new', 'learning', 'review', 'relearning']"


class Interval(TypedDict):
    """What one rating would lead to."""

    due_at: str
    seconds: int

LevelItemKindEnum: TypeAlias = "Literal['vocabulary', 'grammar', 'reading']"


class Option(TypedDict):
    """One of the four options."""

    key: OptionKeyEnum
    text: str


class LevelProbabilities(TypedDict):
    """The probability of each level; together 1."""

    A1: float
    A2: float
    B1: float
    B2: float
    C1: float
    C2: float

RewardEntryKindEnum: TypeAlias = "Literal['review', 'undo', 'mission', 'achievement', 'payout']"


class Line(TypedDict):
    """A line of text; ``polygon`` in pixels of the upright, cut page, clockwise from top left. ``problem`` is empty or language_unavailable: part of it is in a script that nothing here reads."""

    position: int
    text: str
    confidence: float
    polygon: list[list[float]]
    problem: str


class OfflineReview(TypedDict):
    """The answer as it was recorded, and the schedule the card has after the whole batch."""

    id: str
    content: str
    schedule: Schedule
    result: ResultEnum


class Problem(TypedDict):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: NotRequired[list[FieldError]]

VoiceEnum: TypeAlias = "Literal['en-us', 'en-gb', 'ko']"

SpeedEnum: TypeAlias = "Literal['slow', 'normal', 'fast']"


class Buttons(TypedDict):
    """Reviews by rating."""

    again: int
    hard: int
    good: int
    easy: int


class User(TypedDict):
    id: str
    email: str
    name: str

AuthenticationMethod: TypeAlias = "dict[str, Any]"


class FieldError(TypedDict):
    """One input field at fault."""

    field: str
    code: str
    detail: str


class Refused(Exception):
    """The API said no; ``problem`` is the body of application/problem+json, or of the sign-in."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {problem.get('detail') or problem}")
        self.status = status
        self.problem = problem


class Resee:
    """One learner's calls; every method is an operation of the schema. Raises Refused."""

    def __init__(self, url: str, *, api_key: str | None = None, timeout: float = 30.0) -> None:
        headers = {"Authorization": f"ApiKey {api_key}"} if api_key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout)
        self._refresh = ""

    def __enter__(self) -> Resee:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._http.close()

    def log_in(self, email: str, password: str) -> None:
        """Log in by password; what is sent from now on bears the token."""
        self._keep(self._call("POST", _LOG_IN, body={"email": email, "password": password})["meta"])

    def refresh(self) -> None:
        """Get new tokens for the old ones."""
        self._keep(self._call("POST", _REFRESH, body={"refresh_token": self._refresh})["data"])

    def _keep(self, tokens: Mapping[str, Any]) -> None:
        self._refresh = tokens["refresh_token"]
        self._http.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        header: Mapping[str, str | None] | None = None,
        body: Any = None,
        form: Mapping[str, Any] | None = None,
        is_json: bool = True,
    ) -> Any:
        sent: dict[str, Any] = {
            "params": {key: value for key, value in (query or {}).items() if value is not None},
            "headers": {key: value for key, value in (header or {}).items() if value is not None},
        }
        if form is not None:
            sent["files"] = {key: each for key, each in form.items() if isinstance(each, tuple)}
            sent["data"] = {key: each for key, each in form.items() if not isinstance(each, tuple)}
        elif body is not None:
            sent["json"] = body
        answer = self._http.request(method, path, **sent)
        if not answer.is_success:
            has_problem = "json" in answer.headers.get("content-type", "")
            raise Refused(answer.status_code, answer.json() if has_problem else {})
        if not is_json:
            return answer.content
        return answer.json() if answer.content else None


    def root(self) -> Root:
        """Say which version this is and where everything else lives."""
        return self._call("GET", "/api/v1/")

    def archives_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedArchiveList:
        """Return your archives, newest first, in pages."""
        return self._call("GET", "/api/v1/account/archives/", query={"cursor": cursor, "page_size": page_size})

    def archives_make(self, *, idempotency_key: str | None = None) -> Archive:
        """Have everything of yours put into one zip; a job does it, kept for a week."""
        return self._call("POST", "/api/v1/account/archives/", header={"Idempotency-Key": idempotency_key})

    def archives_read(self, archive_id: str) -> Archive:
        """Return how far it is."""
        return self._call("GET", f"/api/v1/account/archives/{archive_id}/")

    def archives_file(self, archive_id: str) -> bytes:
        """Return the archive you had made."""
        return self._call("GET", f"/api/v1/account/archives/{archive_id}/file/", is_json=False)

    def archives_import(self, body: ArchiveFileRequest, *, idempotency_key: str | None = None) -> Archive:
        """Bring an archive back into this account, which has to be empty; a job does it."""
        return self._call("POST", "/api/v1/account/archives/import/", header={"Idempotency-Key": idempotency_key}, form=body)

    def erasure_read(self) -> Erasure:
        """Return when your account will be erased; 404 when it will not be."""
        return self._call("GET", "/api/v1/account/deletion/")

    def erasure_request(self, body: EraseRequest) -> Erasure:
        """Have everything of yours erased in 14 days; you are logged out everywhere."""
        return self._call("POST", "/api/v1/account/deletion/", body=body)

    def erasure_cancel(self) -> None:
        """Keep your account after all."""
        return self._call("DELETE", "/api/v1/account/deletion/")

    def api_keys_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedApiKeyList:
        """Return your keys, newest first; revoked ones are gone."""
        return self._call("GET", "/api/v1/api-keys/", query={"cursor": cursor, "page_size": page_size})

    def api_keys_create(self, body: ApiKeyRequest) -> NewApiKey:
        """Make a key for a script; its text is shown in this answer and never again."""
        return self._call("POST", "/api/v1/api-keys/", body=body)

    def api_keys_revoke(self, key_id: str) -> None:
        """Revoke a key at once."""
        return self._call("DELETE", f"/api/v1/api-keys/{key_id}/")

    def attempts_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedAttemptList:
        """List your attempts, newest first."""
        return self._call("GET", "/api/v1/attempts/", query={"cursor": cursor, "page_size": page_size})

    def attempts_get(self, attempt_id: str) -> AttemptWithAnswers:
        """Return an attempt as it stands: a cut connection goes on here."""
        return self._call("GET", f"/api/v1/attempts/{attempt_id}/")

    def attempts_answer(self, attempt_id: str, body: ExamAnswerRequest) -> Attempt:
        """Answer the question that is asked now; the next one, or the result, comes back."""
        return self._call("POST", f"/api/v1/attempts/{attempt_id}/answers/", body=body)

    def attempts_appeal(self, attempt_id: str, answer_id: str, body: AppealRequest) -> ShownAppeal:
        """Ask a person to look at a verdict; one appeal an answer, 200 when there is one."""
        return self._call("POST", f"/api/v1/attempts/{attempt_id}/answers/{answer_id}/appeal/", body=body)

    def attempts_finish(self, attempt_id: str) -> Attempt:
        """End an attempt with what was answered. Twice is once."""
        return self._call("POST", f"/api/v1/attempts/{attempt_id}/finish/")

    def attempts_question_audio(self, attempt_id: str, exam_question_id: str) -> bytes:
        """Return what is heard in the question that is asked now, or was answered, as a WAV."""
        return self._call("GET", f"/api/v1/attempts/{attempt_id}/questions/{exam_question_id}/audio/", is_json=False)

    def attempts_confirm_reviews(self, attempt_id: str, body: ConfirmRequest) -> list[ConfirmedReview]:
        """Record proposed reviews, each as of its answer. Nothing is recorded without this."""
        return self._call("POST", f"/api/v1/attempts/{attempt_id}/reviews/", body=body)

    def categories_list(self) -> list[Category]:
        """Return all your categories by name; ``parent`` makes the tree."""
        return self._call("GET", "/api/v1/categories/")

    def categories_create(self, body: CategoryRequest, *, idempotency_key: str | None = None) -> Category:
        """Add a category, at the top or below another."""
        return self._call("POST", "/api/v1/categories/", header={"Idempotency-Key": idempotency_key}, body=body)

    def categories_read(self, category_id: str) -> Category:
        """Return a category."""
        return self._call("GET", f"/api/v1/categories/{category_id}/")

    def categories_update(self, category_id: str, body: PatchedCategoryRequest, *, if_match: str | None = None) -> Category:
        """Rename a category, or hang it below another; fields left out stay as they are."""
        return self._call("PATCH", f"/api/v1/categories/{category_id}/", header={"If-Match": if_match}, body=body)

    def categories_delete(self, category_id: str, *, if_match: str | None = None, into: str | None = None) -> None:
        """Delete a category: an empty one, or ``into`` another, with cards and past reviews."""
        return self._call("DELETE", f"/api/v1/categories/{category_id}/", query={"into": into}, header={"If-Match": if_match})

    def category_plan_get(self, category_id: str) -> CategoryPlan:
        """Return the category's own caps and exam."""
        return self._call("GET", f"/api/v1/categories/{category_id}/plan/")

    def category_plan_change(self, category_id: str, body: PatchedCategoryPlanRequest) -> CategoryPlan:
        """Change them; they hold besides your own and those of categories above."""
        return self._call("PATCH", f"/api/v1/categories/{category_id}/plan/", body=body)

    def category_plan_forget(self, category_id: str) -> None:
        """Take the category's caps and exam away."""
        return self._call("DELETE", f"/api/v1/categories/{category_id}/plan/")

    def category_scheduling_get(self, category_id: str) -> ChosenScheduling:
        """Return how the category's cards are scheduled."""
        return self._call("GET", f"/api/v1/categories/{category_id}/scheduling/")

    def category_scheduling_change(self, category_id: str, body: PatchedSchedulingRequest) -> ChosenScheduling:
        """Change it for this category and those below it, from the next answer on."""
        return self._call("PATCH", f"/api/v1/categories/{category_id}/scheduling/", body=body)

    def category_scheduling_inherit(self, category_id: str) -> None:
        """Follow the category above again, or your own choice."""
        return self._call("DELETE", f"/api/v1/categories/{category_id}/scheduling/")

    def chat_analyses_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedAnalysisList:
        """List the analyses of what you said, newest first."""
        return self._call("GET", "/api/v1/chat/analyses/", query={"cursor": cursor, "page_size": page_size})

    def chat_analyses_plot(self, analysis_id: str) -> bytes:
        """Return the level of your messages by week as SVG."""
        return self._call("GET", f"/api/v1/chat/analyses/{analysis_id}/trend.svg", is_json=False)

    def chat_batch(self, body: BatchRequest, *, idempotency_key: str | None = None) -> ShownBatch:
        """Ask up to 50 questions; they are answered in the background, each by itself."""
        return self._call("POST", "/api/v1/chat/batch/", header={"Idempotency-Key": idempotency_key}, body=body)

    def chat_batch_get(self, batch_id: str) -> ShownBatch:
        """Return how far a batch is, with the answers there are."""
        return self._call("GET", f"/api/v1/chat/batch/{batch_id}/")

    def chat_today(self) -> Plan:
        """Return what to do today: due and hard words, and a grammar point."""
        return self._call("GET", "/api/v1/chat/today/")

    def contents_list(self, *, archived: bool | None = None, category: str | None = None, cursor: str | None = None, draft: bool | None = None, page_size: int | None = None, q: str | None = None, stage: Literal['learning', 'new', 'relearning', 'review'] | None = None, tag: str | None = None) -> PaginatedContentList:
        """Return your contents, newest first, in pages."""
        return self._call("GET", "/api/v1/contents/", query={"archived": archived, "category": category, "cursor": cursor, "draft": draft, "page_size": page_size, "q": q, "stage": stage, "tag": tag})

    def contents_create(self, body: NewContentRequest, *, idempotency_key: str | None = None) -> Content:
        """Add a card; without back and gloss it stays a draft and is not scheduled."""
        return self._call("POST", "/api/v1/contents/", header={"Idempotency-Key": idempotency_key}, body=body)

    def contents_read(self, content_id: str) -> Content:
        """Return a content with its schedule."""
        return self._call("GET", f"/api/v1/contents/{content_id}/")

    def contents_update(self, content_id: str, body: PatchedContentChangesRequest, *, if_match: str | None = None) -> Content:
        """Change a content; a draft that gets an answer is scheduled at once."""
        return self._call("PATCH", f"/api/v1/contents/{content_id}/", header={"If-Match": if_match}, body=body)

    def contents_archive(self, content_id: str) -> Content:
        """Take a content out of reviews; its history still counts."""
        return self._call("POST", f"/api/v1/contents/{content_id}/archive/")

    def cards_bury(self, content_id: str, body: SiblingsRequest) -> CardCount:
        """Hide a card until your next day begins."""
        return self._call("POST", f"/api/v1/contents/{content_id}/bury/", body=body)

    def cards_merge(self, content_id: str, body: OtherContentRequest) -> None:
        """Archive another card; this one gets what it lacks and the memory of both. Twice is once."""
        return self._call("POST", f"/api/v1/contents/{content_id}/merge/", body=body)

    def contents_move(self, content_id: str, body: PlaceRequest) -> Content:
        """Put a content into another category; its past reviews count there from now on."""
        return self._call("POST", f"/api/v1/contents/{content_id}/move/", body=body)

    def cards_reset(self, content_id: str, *, idempotency_key: str | None = None) -> RecordedReview:
        """Make a card new again; its past reviews still count, and undo takes the reset back."""
        return self._call("POST", f"/api/v1/contents/{content_id}/reset/", header={"Idempotency-Key": idempotency_key})

    def contents_restore(self, content_id: str) -> Content:
        """Bring an archived content back, with the schedule it had."""
        return self._call("POST", f"/api/v1/contents/{content_id}/restore/")

    def cards_suspend(self, content_id: str, body: SiblingsRequest) -> CardCount:
        """Take a card out of reviews until it is woken."""
        return self._call("POST", f"/api/v1/contents/{content_id}/suspend/", body=body)

    def cards_unsuspend(self, content_id: str, body: SiblingsRequest) -> CardCount:
        """Wake a suspended or buried card."""
        return self._call("POST", f"/api/v1/contents/{content_id}/unsuspend/", body=body)

    def contents_create_bulk(self, body: NewContentsRequest, *, idempotency_key: str | None = None) -> list[Content]:
        """Add up to 1,000 cards, all or none; they are answered in the order given."""
        return self._call("POST", "/api/v1/contents/bulk/", header={"Idempotency-Key": idempotency_key}, body=body)

    def contents_duplicates(self, *, category: str | None = None, limit: int | None = None) -> list[Duplicate]:
        """Return pairs whose fronts are the same in form, or differ in a letter or two."""
        return self._call("GET", "/api/v1/contents/duplicates/", query={"category": category, "limit": limit})

    def conversations_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedConversationList:
        """List your conversations, newest first."""
        return self._call("GET", "/api/v1/conversations/", query={"cursor": cursor, "page_size": page_size})

    def conversations_begin(self, body: ConversationRequest, *, idempotency_key: str | None = None) -> Conversation:
        """Begin a conversation. Follow it at /live/v1/ while the tutor writes."""
        return self._call("POST", "/api/v1/conversations/", header={"Idempotency-Key": idempotency_key}, body=body)

    def conversations_get(self, conversation_id: str) -> Conversation:
        """Return a conversation."""
        return self._call("GET", f"/api/v1/conversations/{conversation_id}/")

    def conversations_name(self, conversation_id: str, body: PatchedConversationRequest) -> Conversation:
        """Give it another title."""
        return self._call("PATCH", f"/api/v1/conversations/{conversation_id}/", body=body)

    def conversations_delete(self, conversation_id: str) -> None:
        """Delete it with all that was said; the tutor remembers nothing of it."""
        return self._call("DELETE", f"/api/v1/conversations/{conversation_id}/")

    def messages_list(self, conversation_id: str, *, before: int | None = None, limit: int | None = None) -> list[ChatMessage]:
        """Return the last messages, oldest first."""
        return self._call("GET", f"/api/v1/conversations/{conversation_id}/messages/", query={"before": before, "limit": limit})

    def messages_say(self, conversation_id: str, body: SayRequest) -> ChatMessage:
        """Say something; the reply comes back as it stands and is written from now on."""
        return self._call("POST", f"/api/v1/conversations/{conversation_id}/messages/", body=body)

    def messages_cancel(self, conversation_id: str, message_id: str) -> ChatMessage:
        """End a reply with what was written of it. Twice is once."""
        return self._call("POST", f"/api/v1/conversations/{conversation_id}/messages/{message_id}/cancel/")

    def messages_card(self, conversation_id: str, message_id: str, body: CardOfMessageRequest) -> MadeCardOfMessage:
        """Make a card of a correction: the corrected words are the gap. 200 when there is one."""
        return self._call("POST", f"/api/v1/conversations/{conversation_id}/messages/{message_id}/card/", body=body)

    def devices_list(self) -> list[Device]:
        """Return the devices you are logged in on, the last used first."""
        return self._call("GET", "/api/v1/devices/")

    def devices_revoke_all(self) -> None:
        """Log out everywhere, here too: every token, session and API key ends at once."""
        return self._call("DELETE", "/api/v1/devices/")

    def devices_revoke(self, device_id: str) -> None:
        """Log this device out: its tokens end at once."""
        return self._call("DELETE", f"/api/v1/devices/{device_id}/")

    def exams_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedExamList:
        """List your exams, newest first."""
        return self._call("GET", "/api/v1/exams/", query={"cursor": cursor, "page_size": page_size})

    def exams_make(self, body: ExamWishRequest, *, idempotency_key: str | None = None) -> Exam:
        """Make an exam from your own cards; it can be taken at once."""
        return self._call("POST", "/api/v1/exams/", header={"Idempotency-Key": idempotency_key}, body=body)

    def exams_get(self, exam_id: str) -> Exam:
        """Return an exam."""
        return self._call("GET", f"/api/v1/exams/{exam_id}/")

    def exams_attempt(self, exam_id: str, *, idempotency_key: str | None = None) -> Attempt:
        """Begin an attempt: the first question is asked and the time begins."""
        return self._call("POST", f"/api/v1/exams/{exam_id}/attempts/", header={"Idempotency-Key": idempotency_key})

    def exams_report_question(self, exam_id: str, exam_question_id: str, body: ReportRequest) -> Reported:
        """Report a question: it is withdrawn, and scores are counted without it. Twice is once."""
        return self._call("POST", f"/api/v1/exams/{exam_id}/questions/{exam_question_id}/report/", body=body)

    def exams_weekly_get(self) -> ExamPlan:
        """Return what your weekly exam is made of; 404 while you want none."""
        return self._call("GET", "/api/v1/exams/weekly/")

    def exams_weekly_put(self, body: ExamWishRequest) -> ExamPlan:
        """Have an exam made for each of your weeks; this week's is made at once."""
        return self._call("PUT", "/api/v1/exams/weekly/", body=body)

    def exams_weekly_delete(self) -> None:
        """Want no weekly exam any more; those there are stay."""
        return self._call("DELETE", "/api/v1/exams/weekly/")

    def exports_read(self, export_id: str) -> Export:
        """Return how far the package is."""
        return self._call("GET", f"/api/v1/exports/{export_id}/")

    def exports_file(self, export_id: str) -> bytes:
        """Return the package you had made."""
        return self._call("GET", f"/api/v1/exports/{export_id}/file/", is_json=False)

    def exports_anki(self, *, category: str | None = None, content: list[str] | None = None) -> bytes:
        """Return your cards with their media, all reviews and FSRS states: any Anki opens it."""
        return self._call("GET", "/api/v1/exports/anki/", query={"category": category, "content": content}, is_json=False)

    def exports_anki_make(self, body: SelectionRequest, *, idempotency_key: str | None = None) -> Export:
        """Have a package of any size written; a job does it, and keeps it for a week."""
        return self._call("POST", "/api/v1/exports/anki/", header={"Idempotency-Key": idempotency_key}, body=body)

    def exports_table(self, *, category: str | None = None, kind: Literal['csv', 'jsonl', 'tsv'] | None = None) -> bytes:
        """Return your contents as CSV, TSV, or lines of JSON as the API shows them."""
        return self._call("GET", "/api/v1/exports/table/", query={"category": category, "kind": kind}, is_json=False)

    def groups_list(self) -> Groups:
        """Return the groups you teach and those you have joined."""
        return self._call("GET", "/api/v1/groups/")

    def groups_create(self, body: GroupRequest, *, idempotency_key: str | None = None) -> Group:
        """Make a group; for teachers."""
        return self._call("POST", "/api/v1/groups/", header={"Idempotency-Key": idempotency_key}, body=body)

    def groups_people(self, group_id: str) -> People:
        """Return who is in your group, and who was invited."""
        return self._call("GET", f"/api/v1/groups/{group_id}/")

    def groups_delete(self, group_id: str) -> None:
        """End your group; its members keep what they have copied."""
        return self._call("DELETE", f"/api/v1/groups/{group_id}/")

    def group_categories_list(self, group_id: str) -> list[AssignedCategory]:
        """Return what the teacher has assigned."""
        return self._call("GET", f"/api/v1/groups/{group_id}/categories/")

    def group_categories_assign(self, group_id: str, body: AssignedCategoryRequest) -> list[AssignedCategory]:
        """Assign a category of yours to your group; twice is once."""
        return self._call("POST", f"/api/v1/groups/{group_id}/categories/", body=body)

    def group_categories_copy(self, group_id: str, category_id: str) -> Copied:
        """Copy an assigned category's cards into a category of yours; again, only what is new."""
        return self._call("POST", f"/api/v1/groups/{group_id}/categories/{category_id}/copy/")

    def group_exams_list(self, group_id: str) -> list[SharedExam]:
        """Return what the teacher has shared."""
        return self._call("GET", f"/api/v1/groups/{group_id}/exams/")

    def group_exams_share(self, group_id: str, body: SharedExamRequest) -> list[SharedExam]:
        """Share an exam of yours with your group; twice is once."""
        return self._call("POST", f"/api/v1/groups/{group_id}/exams/", body=body)

    def group_exams_results(self, group_id: str, exam_id: str) -> list[GroupResult]:
        """Return the results of the members who agreed; for the teacher."""
        return self._call("GET", f"/api/v1/groups/{group_id}/exams/{exam_id}/results/")

    def group_exams_take(self, group_id: str, exam_id: str) -> TakenExam:
        """Take a copy of a shared exam; a second time it is the same copy."""
        return self._call("POST", f"/api/v1/groups/{group_id}/exams/{exam_id}/take/")

    def groups_invite(self, group_id: str, body: InvitedRequest) -> Invited:
        """Invite an address; whoever has verified it finds the invitation on their page."""
        return self._call("POST", f"/api/v1/groups/{group_id}/invitations/", body=body)

    def groups_remove_member(self, group_id: str, member_id: str) -> None:
        """Take a member out of your group."""
        return self._call("DELETE", f"/api/v1/groups/{group_id}/members/{member_id}/")

    def membership_change(self, group_id: str, body: PatchedConsentRequest) -> Consent:
        """Let the teacher see your progress, or no more."""
        return self._call("PATCH", f"/api/v1/groups/{group_id}/membership/", body=body)

    def membership_leave(self, group_id: str) -> None:
        """Leave the group."""
        return self._call("DELETE", f"/api/v1/groups/{group_id}/membership/")

    def group_progress(self, group_id: str) -> list[MemberProgress]:
        """Return the progress of the members who agreed; for the teacher."""
        return self._call("GET", f"/api/v1/groups/{group_id}/progress/")

    def imports_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedImportList:
        """Return your imports, newest first, in pages."""
        return self._call("GET", "/api/v1/imports/", query={"cursor": cursor, "page_size": page_size})

    def imports_read(self, import_id: str) -> Import:
        """Return how far the import is, and its report."""
        return self._call("GET", f"/api/v1/imports/{import_id}/")

    def imports_delete(self, import_id: str) -> None:
        """Forget the import and its file, and stop it; what is imported stays."""
        return self._call("DELETE", f"/api/v1/imports/{import_id}/")

    def imports_start(self, import_id: str, *, idempotency_key: str | None = None) -> Import:
        """Import the file of a dry run that has ended, without sending it again."""
        return self._call("POST", f"/api/v1/imports/{import_id}/start/", header={"Idempotency-Key": idempotency_key})

    def imports_anki(self, body: PackageRequest, *, idempotency_key: str | None = None) -> Import:
        """Import a package: notes, cards, media, all reviews. The same again changes nothing."""
        return self._call("POST", "/api/v1/imports/anki/", header={"Idempotency-Key": idempotency_key}, form=body)

    def imports_table(self, body: MappedTableRequest, *, idempotency_key: str | None = None) -> TableReport:
        """Store each good row as a card, and tell what is wrong with the others."""
        return self._call("POST", "/api/v1/imports/table/", header={"Idempotency-Key": idempotency_key}, form=body)

    def imports_table_preview(self, body: TableRequest) -> Preview:
        """Tell how the file is read: encoding, separator, columns, its first rows."""
        return self._call("POST", "/api/v1/imports/table/preview/", form=body)

    def jobs_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedJobList:
        """Return your long work, newest first, in pages."""
        return self._call("GET", "/api/v1/jobs/", query={"cursor": cursor, "page_size": page_size})

    def jobs_read(self, job_id: str) -> Job:
        """Return how far a job is, what came of it, or why it failed."""
        return self._call("GET", f"/api/v1/jobs/{job_id}/")

    def level_tests_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedLevelTestList:
        """List your level tests, newest first."""
        return self._call("GET", "/api/v1/level-tests/", query={"cursor": cursor, "page_size": page_size})

    def level_tests_start(self, *, idempotency_key: str | None = None) -> LevelTest:
        """Begin a level test: the first question is asked, and 30 minutes begin."""
        return self._call("POST", "/api/v1/level-tests/", header={"Idempotency-Key": idempotency_key})

    def level_tests_get(self, level_test_id: str) -> LevelTestWithItems:
        """Return a level test as it stands: a cut connection goes on here."""
        return self._call("GET", f"/api/v1/level-tests/{level_test_id}/")

    def level_tests_answer(self, level_test_id: str, body: LevelAnswerRequest) -> LevelTest:
        """Answer the question that is asked now; the next one, or the result, comes back."""
        return self._call("POST", f"/api/v1/level-tests/{level_test_id}/answers/", body=body)

    def level_tests_stop(self, level_test_id: str) -> LevelTest:
        """End a test without a result; another may begin at once. Twice is once."""
        return self._call("POST", f"/api/v1/level-tests/{level_test_id}/stop/")

    def level_tests_plot(self) -> bytes:
        """Return a picture of your results, each with its 95 % interval."""
        return self._call("GET", "/api/v1/level-tests/history.svg", is_json=False)

    def levels_grade(self, body: TextRequest) -> TextLevel:
        """Grade a text from A1 to C2 by how hard it is to read."""
        return self._call("POST", "/api/v1/levels/", body=body)

    def me_read(self) -> Profile:
        """Return your profile."""
        return self._call("GET", "/api/v1/me/")

    def me_update(self, body: PatchedProfileChangesRequest, *, if_match: str | None = None) -> Profile:
        """Change your profile; fields that are left out stay as they are."""
        return self._call("PATCH", "/api/v1/me/", header={"If-Match": if_match}, body=body)

    def avatar_read(self) -> Avatar:
        """Return which sizes there are of your picture."""
        return self._call("GET", "/api/v1/me/avatar/")

    def avatar_set(self, body: PictureRequest, *, idempotency_key: str | None = None) -> Avatar:
        """Send a picture; its sizes are made by a job, the former ones stay until then."""
        return self._call("POST", "/api/v1/me/avatar/", header={"Idempotency-Key": idempotency_key}, form=body)

    def avatar_remove(self) -> None:
        """Remove your picture."""
        return self._call("DELETE", "/api/v1/me/avatar/")

    def avatar_file(self, size: int) -> bytes:
        """Return your picture, 64, 160 or 512 pixels wide and high."""
        return self._call("GET", f"/api/v1/me/avatar/{size}/", is_json=False)

    def invitations_list(self) -> list[Invitation]:
        """Return who invites you."""
        return self._call("GET", "/api/v1/me/invitations/")

    def invitations_accept(self, invitation_id: str, body: ConsentRequest) -> Consent:
        """Join the group; say whether its teacher may see your progress."""
        return self._call("POST", f"/api/v1/me/invitations/{invitation_id}/", body=body)

    def invitations_decline(self, invitation_id: str) -> None:
        """Decline it; the teacher is not told."""
        return self._call("DELETE", f"/api/v1/me/invitations/{invitation_id}/")

    def notifications_read(self) -> Notifications:
        """Return which mails you want."""
        return self._call("GET", "/api/v1/me/notifications/")

    def notifications_change(self, body: PatchedNotificationsRequest) -> Notifications:
        """Change it; the hour of the reminder stands in your profile."""
        return self._call("PATCH", "/api/v1/me/notifications/", body=body)

    def rewards_read(self) -> Rewards:
        """Return your XP, character, streak, missions and achievements."""
        return self._call("GET", "/api/v1/me/rewards/")

    def rewards_ledger(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedRewardEntryList:
        """Return every reward of yours, newest first, in pages."""
        return self._call("GET", "/api/v1/me/rewards/ledger/", query={"cursor": cursor, "page_size": page_size})

    def me_summary(self) -> Summary:
        """Return how you are doing, your own last answer included."""
        return self._call("GET", "/api/v1/me/summary/")

    def media_read(self, medium_id: str) -> bytes:
        """Return a file that contents name in ``media``."""
        return self._call("GET", f"/api/v1/media/{medium_id}/", is_json=False)

    def memory_list(self) -> list[Fact]:
        """Return all that the tutor remembers of you, the last met first."""
        return self._call("GET", "/api/v1/memory/")

    def memory_add(self, body: NewFactRequest, *, idempotency_key: str | None = None) -> Fact:
        """Tell the tutor something to remember."""
        return self._call("POST", "/api/v1/memory/", header={"Idempotency-Key": idempotency_key}, body=body)

    def memory_forget_all(self) -> Forgotten:
        """Delete all of it: none of it is told to a model again."""
        return self._call("DELETE", "/api/v1/memory/")

    def memory_edit(self, fact_id: str, body: PatchedFactTextRequest) -> Fact:
        """Change how it is put; what it said before is told to no model again."""
        return self._call("PATCH", f"/api/v1/memory/{fact_id}/", body=body)

    def memory_forget(self, fact_id: str) -> None:
        """Delete it for good: it is told to no model again, nor learnt again by itself."""
        return self._call("DELETE", f"/api/v1/memory/{fact_id}/")

    def ocr_extract(self, body: UploadRequest, *, idempotency_key: str | None = None) -> Accepted:
        """Send a page to be read, as to /scans/."""
        return self._call("POST", "/api/v1/ocr/extract/", header={"Idempotency-Key": idempotency_key}, form=body)

    def ocr_extract_sync(self, body: UploadRequest) -> ScanDetail | Accepted:
        """Send a page and wait 20 seconds for it; 202 when it takes longer or four wait already."""
        return self._call("POST", "/api/v1/ocr/extract/sync/", form=body)

    def plan_get(self) -> ShownPlan:
        """Return how your reviews are spread, what was put off, and what exams will find."""
        return self._call("GET", "/api/v1/plan/")

    def plan_change(self, body: PatchedPlanRequest) -> ShownPlan:
        """Change it; the cards are planned anew at once."""
        return self._call("PATCH", "/api/v1/plan/", body=body)

    def plan_deferred(self, *, limit: int | None = None) -> list[DeferredCard]:
        """Return the cards that are due and were put off under a cap, with their day."""
        return self._call("GET", "/api/v1/plan/deferred/", query={"limit": limit})

    def reviews_record(self, body: AnswerRequest) -> RecordedAnswer:
        """Record an answer; 200 instead of 201 when this ``id`` had been recorded before."""
        return self._call("POST", "/api/v1/reviews/", body=body)

    def reviews_undo(self, review_id: str) -> RecordedReview:
        """Take an answer back: schedule and statistics are as if it had not been. Twice is once."""
        return self._call("POST", f"/api/v1/reviews/{review_id}/undo/")

    def reviews_record_batch(self, body: BatchRequestRequest) -> Results:
        """Record up to 1,000 answers; each has its own result, and the good ones are recorded."""
        return self._call("POST", "/api/v1/reviews/batch/", body=body)

    def reviews_due(self, *, category: str | None = None, limit: int | None = None, order: Literal['planned', 'recall'] | None = None) -> Due:
        """Return the cards due now, oldest first; nothing is hidden for being late."""
        return self._call("GET", "/api/v1/reviews/due/", query={"category": category, "limit": limit, "order": order})

    def reviews_log(self, *, since: str | None = None) -> bytes:
        """Return every fact of yours as a line of JSON, in the order of recording."""
        return self._call("GET", "/api/v1/reviews/log/", query={"since": since}, is_json=False)

    def scans_list(self, *, cursor: str | None = None, page_size: int | None = None) -> PaginatedScanList:
        """Return your scans, newest first, in pages."""
        return self._call("GET", "/api/v1/scans/", query={"cursor": cursor, "page_size": page_size})

    def scans_create(self, body: UploadRequest, *, idempotency_key: str | None = None) -> Accepted:
        """Send a page to be read; the answer comes before it is."""
        return self._call("POST", "/api/v1/scans/", header={"Idempotency-Key": idempotency_key}, form=body)

    def scans_read(self, scan_id: str) -> ScanDetail:
        """Return how far the scan is, then its pages with their lines, and its words."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/")

    def scans_delete(self, scan_id: str) -> None:
        """Delete the scan and all that was read on it; cards made from it stay."""
        return self._call("DELETE", f"/api/v1/scans/{scan_id}/")

    def scans_cards_create(self, scan_id: str, body: CardsToMakeRequest, *, idempotency_key: str | None = None) -> MadeCards:
        """Make cards of the scan's words, all or none; 200 instead of 201 when all were skipped."""
        return self._call("POST", f"/api/v1/scans/{scan_id}/cards/", header={"Idempotency-Key": idempotency_key}, body=body)

    def scans_events(self, scan_id: str) -> bytes:
        """Stream ``progress`` events (state, stage, percent, pages read), then one ``end``."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/events/", is_json=False)

    def scans_original(self, scan_id: str) -> bytes:
        """Download the original; 404 once it is too old to be kept."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/original/", is_json=False)

    def scans_page_image(self, scan_id: str, number: int) -> bytes:
        """Return a page as it was read, 1,600 pixels at most, without the photo's metadata."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/pages/{number}/image/", is_json=False)

    def scans_page_overlay(self, scan_id: str, number: int) -> bytes:
        """Return a page with its lines drawn round and numbered; amber ones have a problem."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/pages/{number}/overlay.png", is_json=False)

    def scans_retry(self, scan_id: str, *, idempotency_key: str | None = None) -> Accepted:
        """Read a failed scan again."""
        return self._call("POST", f"/api/v1/scans/{scan_id}/retry/", header={"Idempotency-Key": idempotency_key})

    def scans_text(self, scan_id: str) -> ScanText:
        """Return the text page by page as JSON."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/text.json")

    def scans_text_markdown(self, scan_id: str) -> bytes:
        """Return the text, each page under a heading."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/text.md", is_json=False)

    def scans_text_plain(self, scan_id: str) -> bytes:
        """Return the text, pages apart by a form feed."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/text.txt", is_json=False)

    def scans_thumbnail(self, scan_id: str) -> bytes:
        """Return the first page, 320 pixels at most."""
        return self._call("GET", f"/api/v1/scans/{scan_id}/thumbnail/", is_json=False)

    def scheduling_get(self) -> ChosenScheduling:
        """Return how your cards are scheduled where their category has not chosen."""
        return self._call("GET", "/api/v1/scheduling/")

    def scheduling_change(self, body: PatchedSchedulingRequest) -> ChosenScheduling:
        """Change it from the next answer on."""
        return self._call("PATCH", "/api/v1/scheduling/", body=body)

    def optimisations_list(self) -> list[Optimisation]:
        """Return the latest tries to fit FSRS to you, newest first."""
        return self._call("GET", "/api/v1/scheduling/optimisations/")

    def optimisations_request(self) -> Job:
        """Have it done now; what waits already is the same promise."""
        return self._call("POST", "/api/v1/scheduling/optimisations/")

    def speech_order(self, body: SpeechWishRequest) -> Speech:
        """Have a text, or what a row of yours says, read aloud."""
        return self._call("POST", "/api/v1/speech/", body=body)

    def speech_audio(self, speech_id: str) -> bytes:
        """Return a WAV of a minute at most; 404 until it is spoken."""
        return self._call("GET", f"/api/v1/speech/{speech_id}/audio/", is_json=False)

    def statistics_chart_png(self, name: Literal['activity', 'difficulty', 'forecast', 'hardest', 'retention-curve', 'retrievability', 'stability'], *, category: str | None = None, days: Literal[30, 90, 365] | None = None, theme: Literal['light', 'dark'] | None = None) -> bytes:
        """Return the picture; nothing when the client's is still right."""
        return self._call("GET", f"/api/v1/statistics/{name}.png", query={"category": category, "days": days, "theme": theme}, is_json=False)

    def statistics_chart_svg(self, name: Literal['activity', 'difficulty', 'forecast', 'hardest', 'retention-curve', 'retrievability', 'stability'], *, category: str | None = None, days: Literal[30, 90, 365] | None = None, theme: Literal['light', 'dark'] | None = None) -> bytes:
        """Return the picture; nothing when the client's is still right."""
        return self._call("GET", f"/api/v1/statistics/{name}.svg", query={"category": category, "days": days, "theme": theme}, is_json=False)

    def statistics_activity(self, *, days: int | None = None) -> Activity:
        """Return the reviews of each of the last days."""
        return self._call("GET", "/api/v1/statistics/activity/", query={"days": days})

    def statistics_answers(self) -> Answers:
        """Tell whether you press HARD for what you had forgotten, and why that matters."""
        return self._call("GET", "/api/v1/statistics/answers/")

    def statistics_categories(self) -> list[CategoryStatistics]:
        """Return each category's cards and reviews, of 30 days and of all time."""
        return self._call("GET", "/api/v1/statistics/categories/")

    def statistics_chart(self, name: Literal['activity', 'difficulty', 'forecast', 'hardest', 'retention-curve', 'retrievability', 'stability'], *, category: str | None = None, days: Literal[30, 90, 365] | None = None, theme: Literal['light', 'dark'] | None = None) -> Chart:
        """Return what a chart shows, for a client that draws it itself."""
        return self._call("GET", f"/api/v1/statistics/charts/{name}/", query={"category": category, "days": days, "theme": theme})

    def statistics_dashboard(self) -> Dashboard:
        """Return what is due and what was done; your last answer is counted."""
        return self._call("GET", "/api/v1/statistics/dashboard/")

    def statistics_hours(self) -> Hours:
        """Return the share recalled by hour of your own day."""
        return self._call("GET", "/api/v1/statistics/hours/")

    def statistics_retention(self) -> Retention:
        """Return the share recalled, and the buttons pressed, by interval."""
        return self._call("GET", "/api/v1/statistics/retention/")

    def unsubscribe_page(self, link: str) -> bytes:
        """Return a page with a button: looking at a link changes nothing."""
        return self._call("GET", f"/api/v1/unsubscribe/{link}/", is_json=False)

    def unsubscribe(self, link: str) -> bytes:
        """End these mails; as RFC 8058 has it, too. Twice is once."""
        return self._call("POST", f"/api/v1/unsubscribe/{link}/", is_json=False)

    def auth_config_get(self) -> ConfigurationResponse:
        """Get configuration."""
        return self._call("GET", "/api/v1/auth/app/v1/config")

    def auth_login_post(self, body: Login) -> AuthenticatedResponse:
        """Login."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/login", body=body)

    def auth_signup_post(self, body: Signup) -> AuthenticatedResponse:
        """Signup."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/signup", body=body)

    def auth_email_verify_get(self, *, x_email_verification_key: str | None = None) -> EmailVerificationInfo:
        """Get email verification information."""
        return self._call("GET", "/api/v1/auth/app/v1/auth/email/verify", header={"X-Email-Verification-Key": x_email_verification_key})

    def auth_email_verify_post(self, body: VerifyEmail) -> AuthenticatedResponse:
        """Verify an email."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/email/verify", body=body)

    def auth_email_verify_resend_post(self) -> dict[str, Any]:
        """Resend email verification code."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/email/verify/resend")

    def auth_reauthenticate_post(self, body: Reauthenticate) -> AuthenticatedResponse:
        """Reauthenticate."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/reauthenticate", body=body)

    def auth_password_request_post(self, body: RequestPassword) -> dict[str, Any]:
        """Request password."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/password/request", body=body)

    def auth_password_reset_get(self, *, x_password_reset_key: str | None = None) -> dict[str, Any]:
        """Get password reset information."""
        return self._call("GET", "/api/v1/auth/app/v1/auth/password/reset", header={"X-Password-Reset-Key": x_password_reset_key})

    def auth_password_reset_post(self, body: ResetPassword) -> AuthenticatedResponse:
        """Reset password."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/password/reset", body=body)

    def auth_provider_token_post(self, body: ProviderToken) -> AuthenticatedResponse:
        """Provider token."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/provider/token", body=body)

    def auth_provider_signup_get(self) -> dict[str, Any]:
        """Provider signup information."""
        return self._call("GET", "/api/v1/auth/app/v1/auth/provider/signup")

    def auth_provider_signup_post(self, body: ProviderSignup) -> AuthenticatedResponse:
        """Provider signup."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/provider/signup", body=body)

    def auth_2fa_authenticate_post(self, body: MFAAuthenticate) -> AuthenticatedResponse:
        """Two-factor authentication."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/2fa/authenticate", body=body)

    def auth_2fa_reauthenticate_post(self, body: MFAAuthenticate) -> AuthenticatedResponse:
        """Reauthenticate using 2FA."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/2fa/reauthenticate", body=body)

    def auth_webauthn_authenticate_get(self) -> dict[str, Any]:
        """Get WebAuthn credential request options for 2FA."""
        return self._call("GET", "/api/v1/auth/app/v1/auth/webauthn/authenticate")

    def auth_webauthn_authenticate_post(self, body: dict[str, Any]) -> AuthenticatedResponse:
        """Perform 2FA using WebAuthn."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/webauthn/authenticate", body=body)

    def auth_webauthn_reauthenticate_get(self) -> dict[str, Any]:
        """Get WebAuthn credential request options for reauthentication."""
        return self._call("GET", "/api/v1/auth/app/v1/auth/webauthn/reauthenticate")

    def auth_webauthn_reauthenticate_post(self, body: dict[str, Any]) -> AuthenticatedResponse:
        """Reauthenticate using WebAuthn."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/webauthn/reauthenticate", body=body)

    def auth_webauthn_login_get(self) -> dict[str, Any]:
        """Get WebAuthn credential request options for login."""
        return self._call("GET", "/api/v1/auth/app/v1/auth/webauthn/login")

    def auth_webauthn_login_post(self, body: dict[str, Any]) -> AuthenticatedResponse:
        """Login using WebAuthn."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/webauthn/login", body=body)

    def auth_code_confirm_post(self, body: ConfirmLoginCode) -> AuthenticatedResponse:
        """Confirm login code."""
        return self._call("POST", "/api/v1/auth/app/v1/auth/code/confirm", body=body)

    def auth_account_providers_get(self) -> dict[str, Any]:
        """List the connected third-party provider accounts."""
        return self._call("GET", "/api/v1/auth/app/v1/account/providers")

    def auth_account_providers_delete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Disconnect a third-party provider account."""
        return self._call("DELETE", "/api/v1/auth/app/v1/account/providers", body=body)

    def auth_account_email_get(self) -> dict[str, Any]:
        """List email addresses."""
        return self._call("GET", "/api/v1/auth/app/v1/account/email")

    def auth_account_email_post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add/Change email address."""
        return self._call("POST", "/api/v1/auth/app/v1/account/email", body=body)

    def auth_account_email_put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Request email verification."""
        return self._call("PUT", "/api/v1/auth/app/v1/account/email", body=body)

    def auth_account_email_patch(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change primary email address."""
        return self._call("PATCH", "/api/v1/auth/app/v1/account/email", body=body)

    def auth_account_email_delete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Remove an email address."""
        return self._call("DELETE", "/api/v1/auth/app/v1/account/email", body=body)

    def auth_account_authenticators_get(self) -> dict[str, Any]:
        """List authenticators."""
        return self._call("GET", "/api/v1/auth/app/v1/account/authenticators")

    def auth_account_authenticators_totp_get(self) -> dict[str, Any]:
        """TOTP authenticator status."""
        return self._call("GET", "/api/v1/auth/app/v1/account/authenticators/totp")

    def auth_account_authenticators_totp_post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Activate TOTP."""
        return self._call("POST", "/api/v1/auth/app/v1/account/authenticators/totp", body=body)

    def auth_account_authenticators_totp_delete(self) -> dict[str, Any]:
        """Deactivate TOTP."""
        return self._call("DELETE", "/api/v1/auth/app/v1/account/authenticators/totp")

    def auth_account_authenticators_recovery_codes_get(self) -> dict[str, Any]:
        """List recovery codes."""
        return self._call("GET", "/api/v1/auth/app/v1/account/authenticators/recovery-codes")

    def auth_account_authenticators_recovery_codes_post(self) -> None:
        """Regenerate recovery codes."""
        return self._call("POST", "/api/v1/auth/app/v1/account/authenticators/recovery-codes")

    def auth_account_authenticators_webauthn_get(self, *, passwordless: bool | None = None) -> dict[str, Any]:
        """Get WebAuthn credential creation options."""
        return self._call("GET", "/api/v1/auth/app/v1/account/authenticators/webauthn", query={"passwordless": passwordless})

    def auth_account_authenticators_webauthn_post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add a WebAuthn credential."""
        return self._call("POST", "/api/v1/auth/app/v1/account/authenticators/webauthn", body=body)

    def auth_account_authenticators_webauthn_put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Rename a WebAuthn credential."""
        return self._call("PUT", "/api/v1/auth/app/v1/account/authenticators/webauthn", body=body)

    def auth_account_authenticators_webauthn_delete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Delete a WebAuthn credential."""
        return self._call("DELETE", "/api/v1/auth/app/v1/account/authenticators/webauthn", body=body)

    def auth_session_get(self) -> AuthenticatedResponse:
        """Get authentication status."""
        return self._call("GET", "/api/v1/auth/app/v1/auth/session")

    def auth_session_delete(self) -> None:
        """Logout."""
        return self._call("DELETE", "/api/v1/auth/app/v1/auth/session")

    def auth_tokens_refresh_post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Refresh the access token."""
        return self._call("POST", "/api/v1/auth/app/v1/tokens/refresh", body=body)

    def auth_account_password_change_post(self, body: dict[str, Any]) -> None:
        """Change password."""
        return self._call("POST", "/api/v1/auth/app/v1/account/password/change", body=body)
