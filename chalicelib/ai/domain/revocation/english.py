"""How English speakers ask not to be called; sentences as `reading` writes them."""

from __future__ import annotations

from chalicelib.ai.domain.revocation.reading import Grammar

_WORDS = {
    # Verbs that take a person or a number; `CALL` alone also takes a name ("don't call me Bob").
    "CALL": r"call|phone|ring|contact|dial|text|message|sms|write|bother|harass|disturb|pester|hassle|annoy"
    r"|spam"
    r"|telephone|dm|reach out to|get in touch with",
    "CALLING": r"calling|callin|phoning|ringing|contacting|dialing|dialling|texting|messaging|writing"
    r"|bothering"
    r"|harassing|disturbing|pestering|hassling|annoying|spamming|robocalling|sms ?ing",
    "CALLED": r"called|phoned|contacted|rung|dialed|texted|messaged|bothered|harassed|disturbed|reached|rang",
    "LINE": r"number|numbers|phone|phones|line|house|home|cell|cellphone|mobile|landline|telephone|place"
    r"|residence",
    "MINE": r"(?:this|that|my|our) (?:(?!work|office|old|other|business)\w+ ){0,3}{LINE}",
    "KIN": r"(?:my|our) (?:wife|husband|family|kids|mother|mom|father|dad|parents)(?: and (?:me|i))?",
    "AGAIN": r"again|anymore|ever|back|any longer|no more|at all|either|once more|another time|one more time",
    "OBJECT": r"(?:to |on |at )?(?:me|us|here|{MINE})(?: (?:or|and) {KIN})?(?: (?:up|back))?",
    # What may follow "don't call me" without making it a name.
    "FOLLOWS": r"\||{AGAIN}|at|on|for|about|with|or|and|because|cause|i|im|you|your|we|this|that|thanks"
    r"|thank|no"
    r"|never|not|dont|from|under|in|regarding|period|understand|understood|got|right|bye|goodbye|take"
    r"|remove|put"
    r"|delete|stop|once|any|to|directly|by|today|tonight|tomorrow|before|after|until|till|while|when|if"
    r"|unless"
    r"|during|between|so|too|late|early|next|every|now|it|its|is|are",
    "THINGS": r"(?:(?:stupid|phone|sales|marketing|spam|robot|text) ){0,2}(?:calls?|robocalls"
    r"|robots calling|spam|sms"
    r"|messages?|msgs?|texts?|e ?mails|calling|texting|messaging|communications?|contact)",
    "THESE": r"(?:(?:the|these|those|this|your|all|any|such|more|further|other|another|of|with|unwanted"
    r"|anymore|"
    r"constant|sending|me|us|a) ){0,4}",
    "LIST": r"(?:(?:your|the|this|that|these|those|all|any|every|their|its|whatever|of) ){0,3}(?:(?:"
    r"(?:dont )?call"
    r"|calling|phone|telephone|contacts?|marketing|mailing|e ?mail|text|texting|sms|message|messaging|dial"
    r"|dialing"
    r"|robocall|campaign|distribution|notification|subscriber|customer|client|sales|leads?) ){0,2}"
    r"(?:lists?|systems?|databases?|data ?base|records|files|register|registry|roster|contacts|{THINGS})",
    "DETAILS": r"(?:my|this|our) (?:(?:phone|cell|mobile|telephone|home|contact|personal) ){0,2}(?:number"
    r"|numbers"
    r"|name|info|information|details|data)",
    "MYSELF": r"me|us|it|{DETAILS}",
    "REMOVE": r"block|take|get|remove|delete|drop|pull|strike|scratch|cross|scrub|wipe|erase|keep|have|clear",
    "REMOVED": r"removed|taken|deleted|erased|struck|dropped|scrubbed|wiped|pulled",
    "CONSENT": r"consent|permission|authori[sz]ation|right",
    "LAW": r"report\w*|su(?:e|ing)|lawyers?|attorneys?|police|ftc|fcc|legal|court|complaint|cops|charges"
    r"|authorities",
    "OR_ELSE": r"(?:(?:\w+|\|) ){0,7}{LAW}",
}
_DEMANDS = r"""
(?:stop|quit) blowing up my phone
(?:dont|never)(?: (?:you|ever|dare|even|bother|try|again|go|keep|please|be|and|to)){0,4} {CALL} {OBJECT}
    (?= {FOLLOWS} )
(?:dont|never)(?: (?:you|ever|dare|even|bother|try|again|keep|be)){0,4} {CALLING} (?:{OBJECT}|{AGAIN})
    (?= {FOLLOWS} )
(?:dont|never)(?: (?:you|ever|dare|even|bother|again)){0,3} {CALL} {AGAIN}
(?:dont|never)(?: ever)? (?:text|message|contact|sms|bother|harass) (?:me|us)
dont {CALL} \|
(?:dont|never|stop|quit)(?: ever)? send(?:ing)?(?: me| us)? (?:any(?:thing)? ?(?:else|more|again)?|anymore
    |more|(?:{THESE}){THINGS})(?! (?:yet|invoice|bill)\b)
(?:dont|never)(?: ever)? (?:use|dial) this number(?: {AGAIN})?(?= \|)
(?:can|could|would|will|did) you(?: all)? (?:not|never) (?:ever )?{CALL} (?:{OBJECT}|{AGAIN})(?= {FOLLOWS} )
you (?:may|must|can|should|shall|need|are|had better|better|ought)(?: (?:not|never|no longer))(?: (?:to|be
    |allowed|authori[sz]ed|permitted|supposed)){0,3} (?:{CALL}|{CALLING}) (?:{OBJECT}|{AGAIN})
    (?= {FOLLOWS} )
not to(?: ever)? {CALL} (?:{OBJECT}|{AGAIN})(?= {FOLLOWS} )
(?:make (?:\w+ )?sure|see to it|see|ensure|guarantee)(?: that)? (?:i|we|you|{MINE}|nobody|no one|noone)(?:
     (?:am|is|are|does|do|will))?(?: (?:not|never|dont))?(?: (?:get|be|ever)){0,2} (?:{CALLED}|{CALL}|calls
    |contacts)(?: {OBJECT})?(?: {AGAIN})?
(?:stop|quit|cease|end|desist from|refrain from|avoid|stopped|lay off|give up)(?: (?:with|all|the|from|ever
    |constantly|always|it|this)){0,3} {CALLING}(?: (?:{OBJECT}|{KIN}))?(?= (?:{FOLLOWS}) )(?! (?:in|to|you
    |your|for|it|my|this|that) (?!(?:understand|hear|the future|are|have|got|need)\b))
(?:stop|quit|cease)(?: (?:with|all|ever)){0,2} (?:contacting|harassing|bothering|pestering|spamming|texting
    |messaging) (?:me|us)
(?:stop|quit|cease)(?: sending)?(?: me| us)? (?:these|this|those|stuff|spam|things|any\w*|{THINGS})(?= \|)
(?:stop|quit|cease|end|halt|discontinue)(?: (?:it|out))?(?: sending)?(?: me| us)? (?:{THESE}){THINGS}
    (?! from \w+ing)
(?:cut|knock)(?: it)? (?:out|off) (?:with )?{THESE}{THINGS}
cease and desist
no more (?:{THESE}){THINGS}
no more \w+ calling(?: me| us)?
{REMOVE} {MYSELF} (?:removed |deleted |taken )?(?:off|from|out)(?: (?:of|from))? (?:{LIST}|(?:this|these
    |here|there|it)(?= \|))
{REMOVE} (?:my|our) (?:\w+ ){0,3}(?:off|from|out)(?: of)? (?:your|this|that|these) {LIST}
(?:take|remove) (?:me|us|{DETAILS}) off(?= \|)
(?:remove|delete|erase) (?:me|us)(?= (?:\||and (?:never|dont|stop)|or|i|we|immediately|thank|thanks|now) )
(?:remove|delete|erase|scrub|strike|scratch|wipe|blacklist|block) {DETAILS}(?! (?:for|on|as|and (?:add|put
    |use|save)) )
(?:lose|forget) (?:my|this|our) (?:phone )?number
(?:put|add|place|mark|register|set|flag|include|list) (?:{MYSELF})(?: down)? (?:on|to|as|in|into|onto)
     (?:\w+ ){0,3}(?:dont (?:call|contact)|no (?:call|contact)|opt out|dnc|black ?list|block ?list
    |suppression)
blacklist (?:me|us|{DETAILS})
(?:opt|opting|opted) (?:me|us|{DETAILS}) out(?! of (?:the |your )?(?:newsletter|paper|insurance) )
leave (?:me|us|{KIN}|my \w+|our \w+) (?:the \w+ )?alone
"""
_WISHES = r"""
(?:dont|no longer|never|not|did not)(?: ever)? (?:consent|consented|agree|agreed) to (?:{THESE}{THINGS}|be
    (?:ing)? {CALLED})
(?:dont|no longer) want (?:you|your \w+|anyone) to have {DETAILS}
(?:asked|told|like|want|ask|tell|warned|prefer|begged|need) (?:you|them|your \w+)(?: \w+){0,2} not(?: to)?
    (?: ever)? {CALL}(?: (?:{OBJECT}|{AGAIN}))*(?= {FOLLOWS} )
(?:like|want|need|ask|asked|told) you to (?:not|never)(?: ever)? {CALL}(?: (?:{OBJECT}|{AGAIN}))*
    (?= {FOLLOWS} )
(?:number|name|details|information|data) (?:should|must|has to|needs to|to) be {REMOVED}
(?:want|need|like|wish) (?:it|this|that|these|them|{THESE}{THINGS}) to (?:stop|end)(?= \|)
make (?:it|them|{THESE}{THINGS}) stop(?= \|)
call (?:me|us|here|{MINE})(?: {AGAIN})? (?:\| )?and (?:i|we)(?: \w+){0,3} {LAW}
consent (?:is|has been)(?: \w+)? (?:revoked|withdrawn)
no solicit(?:ing|ation|ors|ations)
(?:agree|promise|understood|expect)(?: that)? you will (?:not|never) (?:ever )?{CALL} (?:{OBJECT}|{AGAIN})
(?:how|can|want|need|let)(?: \w+){0,3} (?:get|be) off {LIST}
(?:is|are|am) not to be {CALLED}
(?:told|asked) you(?: \w+){0,2} to stop(?= \|)
(?:want|wish|like|need)(?: to)? (?:be )?left alone(?= \|)
(?<!you )(?:dont|no longer|never)(?: ever)? (?:want|wish|need|wanna|care|agree|desire)(?: to)?(?: (?:get
    |receive|have|take))? (?:{THESE}){THINGS}(?! (?:back|wrong))
(?:dont|no longer|never)(?: ever)? (?:want|wish|like|wanna|care|agree|consent|desire)(?: to)? (?:be|being)
     (?:\w+ )?{CALLED}
(?:dont|no longer|never)(?: ever)? (?:want|wish|care|wanna|need)(?: to)? (?:hear|get anything)(?:
     (?:anything|a word|more|again|ever)){0,2} (?:from (?:you|them|this|your|anyone)|{AGAIN})
(?:dont|no longer|never)(?: ever)? (?:want|wish|care|wanna)(?: to)? (?:talk|speak) (?:to|with) you
    (?: {AGAIN}){1,2}
(?:dont|no longer|never)(?: ever)? (?:want|wish)(?: to)? be (?:on|in) {LIST}
(?:rather|prefer|appreciate it|appreciated|nice|great|best|grateful|glad|better|wish|request|ask|demand
    |insist|like it)(?: (?:that|if|it))? (?:you|nobody|no one|noone)(?: all)? (?:did not|dont|would not|not
    |never|no longer|stopped|would stop|stop|quit|would)(?: ever)? (?:{CALL}|{CALLING}) (?:{OBJECT}
    |{AGAIN})(?= {FOLLOWS} )
(?:mind|about|consider|try) not {CALLING} (?:{OBJECT}|{AGAIN}|\|)
(?:want|wish|like|prefer|rather|expect)(?: to)? (?:not|never)(?: to)?(?: (?:be|get|ever|receive)){1,2}
     (?:{CALLED}|{THESE}{THINGS})
(?:rather|prefer|would like)(?: to)? not (?:to )?(?:be|get) {CALLED}
(?:asked|told you|asking|requested|request) not to be {CALLED}
enough(?: (?:already|with|of))? {THESE}{THINGS}
no (?:further |other )?(?:phone )?calls(?= \|| to (?:this|my)| from you)
(?:dont|no longer|never|not)(?: ever)? (?:want|wish|need|like|wanna|care for|allow|permit|authori[sz]e
    |consent for) (?:(?:you|your|anyone|anybody|nobody|no one|people|any|of|somebody|company|or|else|from
    |again|here)(?: |(?= ))){1,6}(?:to )?(?:ever )?(?:keep )?(?:{CALL}|{CALLING}) (?:{OBJECT}|{AGAIN})
    (?= {FOLLOWS} )
(?:be|get|getting|have me|having me) {REMOVED}(?: (?:off|from|out of))? (?:{LIST}|\|)
(?:be|get) {REMOVED}(?: off)?(?= \|)
(?:have|get|want|need|like|wish) {DETAILS}(?: to be)? (?:{REMOVED}|blocked)
(?:want|need|wish)(?: to (?:be|get))? (?:off|out of|out) {LIST}
on (?:the|a|your) (?:\w+ ){0,2}(?:dont call|dnc|no call) (?:list|registry|register)
(?:i|we|me|us|now|to|\|)(?: (?:am|are|will|would like to|wish to|want to))?(?: do)? (?:opt|opting) out(?=
     (?:\||of (?:this|these|those|the|your|all|any|being|receiving|getting|everything) |i|from|now|and
    |immediately|from) )(?! of (?:the |your )?(?:newsletter|paper|insurance) )
(?:how|can|could|may) (?:do|can|i|we)(?: (?:i|we))? opt out(?= (?:\||of (?:this|these|those|your|being
    |receiving) ))
(?:want|wish|like|need|prefer|choose|decided|trying|tried|asked|asking|going|how|let me|can i|would)(?:
     (?:you|to|do|i)){0,3} (?:opt (?:me )?out|unsubscribe)(?! of (?:the |a |an )?\w*(?:newsletter|paper
    |insurance|arbitration)\b)
unsubscribe (?:me|us|from|{DETAILS}|now|\|)
(?:revok\w+|withdraw\w*|rescind\w*|retract\w*|take back|cancel|pull|terminate) (?:(?:my|our|all|any|the|that
    |this|prior|previous) ){0,3}(?:consent|permission|authori[sz]ation)
(?:dont|no longer|never|not)(?: (?:ever|have|give|giving|grant|granting|gave|given|grant|get|you|my|our|any
    |the|me)){0,6} {CONSENT}(?= (?:to|for|so|\||of) )(?! to (?!call|phone|contact|ring|text|be|use|these
    |this|any|your|receive|dial))
(?:have|got) no (?:right|permission|consent|business|authority)(?: (?:to|for))? (?:{CALL}|{CALLING}
    |{THINGS})
object to (?:being {CALLED}|{THESE}{THINGS}|you {CALLING})
(?:if|next time|every time) (?:you|i (?:get|receive|hear)|your company)(?: (?:ever|dare|another|one more
    |even|keep|dont stop)){0,3} (?:{CALL}|{CALLING}|call|hear)(?: {OBJECT})?(?: {AGAIN})?(?: (?:i
    |we))? {OR_ELSE}
{LAW}(?: \w+){0,4} (?:if|next time|when|unless) you (?:ever )?(?:dont stop|stop|{CALL}|keep) (?:{OBJECT}
    |{AGAIN}|{CALLING})
last time (?:that )?you (?:ever )?{CALL} (?:me|us|here|{MINE})
(?:had|have) enough (?:of )?(?:{THESE}){THINGS}
"""
_SUBJECTS = r"""
(?<! told )(?<! asked )(?<! said )(?<! not )(?<! dont )(?<! can )(?<! will )(?<! could )(?<! would )
    (?<! thank )you(?: (?:just|only|always|all))?
(?:i|we|they|he|she|(?<! stop )it|people|who|which|nobody|somebody|someone|everybody|everyone|kids|scammers
    |folks|lose|could|i will|they will|he will|i would)(?: (?:just|only|also|usually|normally|finally|always
    |to|did))?
(?:get|got|have|has|had|are|were|be|is|receive|received|receiving|getting|see)(?: any)?
(?:hope|trust) you(?: (?:did|dont|will))?
"""
_TAKEN_BACK = r"""
(?:did|has|have) (?:my|your|the|his|her) \w+
who (?:told|said|says)(?: (?:you|i|that|we|they)){0,3}
(?:dont|not|never|no)(?: (?:to|you|ever|even|want)){0,2} (?:want|ask|asking|asked|mean|meant|say|said|saying
    |tell|told|telling|need|request|trying|planning|going|wanted|requested)(?: (?:to|you|be|for|the|that|me
    |anyone|anybody|them|us|they|have|i)){0,6}
(?<! you )(?<! you will )(?<! you can )(?:dont|not|never)(?: to)?
(?:do|did|have|has|had|would|will|should|shall|when do|why do|are|is|was|were|am) (?:i|he|she|they|it
    |somebody|someone)(?: \w+){0,1}
(?:do|did|have|has|had|when did|are) you(?: (?:ever|already|also|guys|people|ask me to|want me to)){0,2}
(?:why|how come|since when|is that why|what if|how often)(?: (?:did|have|do|would|does|is it that|it))?
     (?:you|i|he|she|they|we)(?: (?:ever|just))?
(?:why|how come)(?: (?:you|do you))?
(?:what (?:happens|would happen|happened)|what) (?:if|when)(?: (?:i|you|we))?(?: (?:want|ask|asked|choose
    |decide|wanted|say))?(?: to)?
(?:(?:if|when|after|whether|before|until|unless|once) (?:i|we|they|she|he))(?: (?:want|ask|choose|decide))?
    (?: you)?(?: to)?
(?:they|he|she|people|who|nobody|everybody|everyone)
(?:did|should|if|when|after|whether|before|had)
(?:cost|costs|easy|possible|hard)(?: \w+)? to
(?:what does|what is|what s|mean by|define|called|word|says)
(?:how|why) \w+ (?:you|they) (?:ever|always)
(?:my|his|her|the|a|that|some|this|our) (?!lawyer|attorney|wife and|husband and)(?:\w+ ){0,3}(?:says|said
    |told|tells|yelled|wrote|texted|goes|keeps saying)(?: (?:me|him|her|them|us|his \w+|her \w+|my \w+
    |to))*(?: (?:that|to|not|not to))*
(?:he|she|they|someone|somebody|who|everyone) (?:always |just )?(?:says|said|told|tells|yelled|wrote|texted
    |wants|wanted|asked|ask)(?: (?:me|you|him|her|them|us|his \w+|her \w+|my \w+))*(?: (?:that|to|not|not to
    |ex|ex to))*
(?:told|tell|tells|ask|asked|telling|asking|want|wants|wanted|wish|make|made|wished)(?: (?:him|her|them|they
    |he|she|someone|my \w+|his \w+|her \w+|the \w+|that \w+|people|everyone|me))(?: (?:would|should|could|to
    |not|not to|never|just|ex|ex to))*
(?:i|we) (?:was|were|got|am|been) (?:told|asked|advised)(?: (?:that|to|not|not to))*
letter that said i could
"""
_LIMITED = r"""
(?! (?:{AGAIN} |\| ){0,2}(?:today|tonight|tomorrow) (?:\| )?or (?:ever|again|any))(?: (?:me|us|{AGAIN}|here
    |\|)){0,3} (?:today|tonight|tomorrow|before(?! \|)|until|till)
(?: (?:me|us|{AGAIN}|here|please)){0,3} (?:after|while|when|unless|during|between|now|right now|tonight|yet
    |late|early|next|every|weekdays|weekends)
(?: (?:me|us|{AGAIN}|here)){0,3} if(?! you (?:do|call|ever|dont|want)| i have to)
(?: (?:me|us|{AGAIN}|here)){0,3} at (?:work|night|home|lunch|the office|my (?:work|office|job)|school|noon
    |midnight|this (?:time|hour|moment)|that (?:time|hour)|\d\w*|one|two|three|four|five|six|seven|eight
    |nine|ten|eleven|twelve|dinner|(?:these|those) (?:times|hours))
(?: (?:me|us|{AGAIN}|here)){0,3} (?:so|too|this|that) (?:early|late|often|much|many|soon|week|morning
    |afternoon|evening|month|weekend)
(?: (?:me|us|{AGAIN}|here)){0,3} (?:on|for) (?:(?:the )?(?:weekends?|holidays?)|\w+days?|(?:a|an|the next
    |another|two|three|few|couple) \w+|the \w+(?:st|nd|rd|th))
(?: (?:me|us|{AGAIN}|here)){0,3} (?:in|during) the (?:morning|afternoon|evening|middle|night|mornings
    |evenings|meantime)
(?: (?:me|us|{AGAIN}|here)){0,3} (?:about (?:the|that|my|this)|names|from (?:\d|nine|eight|ten|the|my))
(?: (?:me|us|{AGAIN}|here)){0,3} (?:through|via|with the)
 (?:with|for|in) (?!me|us|this|these|your|good|ever|the future|any|all|now)\w+
 (?:\| |please ){0,2}(?:(?!{FOLLOWS} )\w+ ){1,2}(?:\| )?call me (?!never|crazy)
"""
_INSTEAD = r"""
(?: \|)?(?: \w+){0,4}(?: \|)? (?<!never )(?<!not )(?<!dont )(?<!if you )(?:call|ring|phone|try|use|dial
    |calling)(?: (?:me|us))?(?: back)? (?:on|at|instead|my|tomorrow|later|after|before|the|him|her|in|during
    |first|this other|when|monday|tuesday|wednesday|thursday|friday|saturday|sunday|bob|jim)
(?: \|)?(?: (?:instead|just|but|only|and)){0,2} call me (?:\||instead)(?! \w*never)
(?: \|)?(?: but)? calls are
"""
ENGLISH = Grammar(
    spellings=(
        (r"do n[o']?t|don'?t|do not|don not|don t|dun", "dont"),
        (r"(?:wo n't|won'?t|won t)", "will not"),
        (r"(?:ca n't|can'?t|cannot|can t)", "can not"),
        (r"(did|does|would|could|should|must|have|has|had|is|are|was|were|need)(?: n't|n'?t)", r"\1 not"),
        (r"(?<=\w)'d", " would"),
        (r"(?<=\w)'ll", " will"),
        (r"(?<=\w)'(?:re)", " are"),
        (r"(?<=\w)'ve", " have"),
        (r"i'?m", "i am"),
        (r"(it|that|he|she)'s", r"\1 is"),
        (r"(?:y ?'?all|ya'?ll|you (?:guys|people|folks|all))(?: all)?", "you"),
        (r"any more", "anymore"),
        (r"(\w+)'s?", r"\1"),
        (r"wanna", "want to"),
        (r"gotta", "got to"),
    ),
    fillers=r"please|pls|plz|uh+|um+|erm?|ah+|oh|hm+|kindly|just|really|seriously|ok|okay|well|hey|look"
    r"|listen"
    r"|(?<!call me )(?:sir|maam)|damn(?:ed)?|goddamn|bloody|f\w*(?:ck|k)ing?|freaking|simply|actually"
    r"|literally|hereby|yeah",
    words=_WORDS,
    demands=_DEMANDS,
    wishes=_WISHES,
    subjects=_SUBJECTS,
    taken_back=_TAKEN_BACK,
    limited=_LIMITED,
    instead=_INSTEAD,
)
