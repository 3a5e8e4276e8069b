"""What is printed on the benchmark's pages; written for it."""

TITLES = (
    "The river that changed its mind",
    "A winter without letters",
    "How bread learned to rise",
    "Maps of places nobody saw",
)
SENTENCES = (
    "The old ferry crossed the estuary twice a day, whatever the weather was doing.",
    "Nobody remembered who had planted the walnut trees along the northern wall.",
    "She kept every receipt in a biscuit tin, sorted by the colour of the ink.",
    "Engineers measured the bridge again in 1987 and found it eleven millimetres shorter.",
    "His grandmother's dictionary fell open at the same page each time.",
    "When the harvest failed, the village council met in the schoolhouse until midnight.",
    "A single lamp was enough to read by, though not enough to write.",
    "The expedition brought back forty-two sketches and one reluctant goat.",
    "Migrating birds use the coastline as a map, and the stars as a compass.",
    "It took three generations of apprentices to finish the cathedral ceiling.",
    "Most of the letters were about money; the rest were about the lack of it.",
    "Glass is neither quite a liquid nor quite an ordinary solid.",
    "The committee postponed its decision, as it had done on previous occasions.",
    "In the afternoon the wind turned, and the smoke drifted back over the harbour.",
    "Children learn the rules of a game faster than they learn to explain them.",
    "The physician recommended rest, warm milk and considerably less conversation.",
    "Her translation was faithful to the sense but cheerfully careless of the rhythm.",
    "What looked like a wall from the valley was in truth a staircase.",
    "Salt was once so valuable that soldiers were partly paid in it.",
    "They repaired the telescope with string, wax and an extraordinary amount of patience.",
    "Every evening the baker counted the loaves that nobody had bought.",
    "The museum opened a new wing for instruments that no one could play any more.",
    "Rainfall in the southern provinces exceeded the average by 34 per cent.",
    "He apologised in four languages and was understood in none of them.",
    "The archive contains photographs, ledgers, and an unexplained pressed flower.",
    "Passengers were requested to keep their umbrellas closed inside the carriage.",
    "Without electricity the town discovered how loud its clocks had always been.",
    "The experiment was repeated under identical conditions with a different result.",
    "A good map leaves out almost everything and is useful because of it.",
    "By the time the news arrived, the celebrations had already been cancelled.",
    "Some merchants travelled with pepper sewn into the lining of their coats.",
    "Temperature, pressure and humidity were recorded every twenty minutes.",
    "The orchestra rehearsed in overcoats because the heating had been sold.",
    "Understanding a joke in a foreign language is a small but genuine triumph.",
    "The gardener insisted that roses prefer to be ignored in February.",
    "Archaeologists uncovered a kitchen with the pots still standing on the hearth.",
)
VOCABULARY = tuple(
    tuple(line.split(": "))
    for line in """abandon: to leave and never come back to
abundant: more than enough
acquire: to get something by effort
ancient: very old
anxious: worried about what may happen
bargain: something bought for less than its value
brittle: hard but easily broken
cautious: careful to avoid danger
coincide: to happen at the same time
compel: to force somebody to do something
conceal: to hide
decline: to become smaller or weaker
dwell: to live in a place
eager: wanting something very much
endure: to suffer with patience
evidence: facts that show something is true
fertile: able to produce many plants
fragile: easily damaged
genuine: real, exactly what it seems
gradually: slowly, step by step
harvest: the gathering of ripe crops
hesitate: to pause before acting
inevitable: certain to happen
journey: the act of travelling
keen: very interested
linger: to stay longer than needed
merchant: a person who buys and sells
neglect: to give too little care to
obstacle: something that blocks the way
persuade: to make somebody agree
plunge: to fall suddenly into
quarrel: an angry disagreement
reluctant: not willing
scarce: hard to find
seldom: not often
shelter: a place that protects
sincere: honest in what one feels
thrive: to grow strong and healthy
urgent: needing attention at once
vanish: to disappear suddenly
wander: to walk without a plan
yield: to produce or give way""".splitlines()
)
COUNTRIES = (
    "Norway", "Chile", "Kenya", "Japan", "Canada", "Brazil", "Poland", "India", "Ghana", "Italy",
    "Spain", "Egypt", "Peru", "Austria", "Mexico", "Vietnam",
)  # fmt: skip
ITEMS = (
    "WHOLE MILK 1L", "BROWN BREAD", "FREE RANGE EGGS", "SALTED BUTTER", "CHEDDAR CHEESE",
    "GREEN APPLES", "BANANAS 1KG", "TOMATO SOUP", "BASMATI RICE", "OLIVE OIL", "BLACK TEA",
    "GROUND COFFEE", "ORANGE JUICE", "PLAIN FLOUR", "SEA SALT", "PAPER TOWELS", "DISH SOAP",
    "AA BATTERIES", "CHOCOLATE BAR", "NATURAL YOGURT", "FROZEN PEAS", "CHICKEN BREAST",
)  # fmt: skip
KOREAN = (
    ("abandon", "버리다, 포기하다", "They had to abandon the ship.", "그들은 배를 버려야 했다."),
    ("abundant", "풍부한", "Fish were abundant in the lake.", "호수에는 물고기가 풍부했다."),
    ("acquire", "얻다, 습득하다", "She acquired a new habit.", "그녀는 새로운 습관을 얻었다."),
    ("ancient", "고대의", "We visited an ancient temple.", "우리는 고대 사원을 방문했다."),
    ("anxious", "불안해하는", "He was anxious about the exam.", "그는 시험 때문에 불안했다."),
    ("bargain", "싸게 산 물건", "The coat was a real bargain.", "그 코트는 정말 싸게 산 것이었다."),
    ("cautious", "조심스러운", "Be cautious on the ice.", "얼음 위에서는 조심하세요."),
    ("conceal", "숨기다", "She could not conceal her joy.", "그녀는 기쁨을 숨길 수 없었다."),
    ("decline", "감소하다", "Sales declined last year.", "작년에 판매가 감소했다."),
    ("eager", "열망하는", "The children were eager to learn.", "아이들은 배우기를 열망했다."),
    ("endure", "견디다", "They endured a long winter.", "그들은 긴 겨울을 견뎌 냈다."),
    ("evidence", "증거", "There is no evidence of a crime.", "범죄의 증거가 없다."),
    ("fragile", "깨지기 쉬운", "Glass is fragile.", "유리는 깨지기 쉽다."),
    ("gradually", "점차, 서서히", "It gradually became dark.", "날이 점차 어두워졌다."),
    ("hesitate", "망설이다", "Do not hesitate to ask.", "망설이지 말고 물어보세요."),
    ("journey", "여행, 여정", "The journey took three days.", "그 여행은 사흘이 걸렸다."),
    ("persuade", "설득하다", "I persuaded him to stay.", "나는 그에게 머물라고 설득했다."),
    ("reluctant", "꺼리는", "He was reluctant to speak.", "그는 말하기를 꺼렸다."),
    ("scarce", "부족한, 드문", "Water is scarce in the desert.", "사막에서는 물이 부족하다."),
    ("vanish", "사라지다", "The bird vanished into the fog.", "새는 안개 속으로 사라졌다."),
)
