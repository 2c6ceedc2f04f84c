-- Whether the server has its data and runs scripts.
-- ANSWER: 1

return 1
